namespace MailDaemon.Protocols.Mime.Encodings;

internal static class HexByte
{
    /// <summary>The value of two hexadecimal digits of either case; negative when they are none.</summary>
    public static int Read(byte high, byte low) =>
        char.IsAsciiHexDigit((char)high) && char.IsAsciiHexDigit((char)low) ? (Digit(high) << 4) | Digit(low) : -1;

    private static int Digit(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
