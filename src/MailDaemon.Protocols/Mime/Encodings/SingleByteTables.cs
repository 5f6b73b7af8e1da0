using System.Text;

namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>Charsets of the Encoding Standard that .NET has no code page for: the characters of 0xA0 to 0xFF.</summary>
internal static class SingleByteTables
{
    private const string Iso8859Part10 = "\u00A0ĄĒĢĪĨĶ§ĻĐŠŦŽ\u00ADŪŊ°ąēģīĩķ·ļđšŧž―ūŋĀÁÂÃÄÅÆĮČÉĘËĖÍÎÏÐŅŌÓÔÕÖŨØŲÚÛÜÝÞßāáâãäåæįčéęëėíîïðņōóôõöũøųúûüýþĸ";

    private const string Iso8859Part14 = "\u00A0Ḃḃ£ĊċḊ§Ẁ©ẂḋỲ\u00AD®ŸḞḟĠġṀṁ¶ṖẁṗẃṠỳẄẅṡÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏŴÑÒÓÔÕÖṪØÙÚÛÜÝŶßàáâãäåæçèéêëìíîïŵñòóôõöṫøùúûüýŷÿ";

    private const string Iso8859Part16 = "\u00A0ĄąŁ€„Š§š©Ș«Ź\u00ADźŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ";

    /// <summary>Null when the name is not one of these.</summary>
    public static string? Find(string name) => name switch
    {
        "iso-8859-10" => Iso8859Part10,
        "iso-8859-14" => Iso8859Part14,
        "iso-8859-16" => Iso8859Part16,
        _ => null,
    };

    public static string Decode(ReadOnlySpan<byte> bytes, string table)
    {
        var result = new StringBuilder(bytes.Length);
        foreach (var each in bytes)
        {
            result.Append(each < 0xA0 ? (char)each : table[each - 0xA0]);
        }

        return result.ToString();
    }
}
