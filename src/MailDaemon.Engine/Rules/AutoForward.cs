using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Rules;

/// <summary>Which mail may be sent on by a machine. Pure.</summary>
internal static class AutoForward
{
    private const string Loop = "X-Loop";

    /// <summary>More stations than any way that leads somewhere has.</summary>
    private const int MostStations = 30;

    /// <summary>Why a mail is not sent on; null when it may be.</summary>
    /// <param name="own">The address of the account that it came to.</param>
    /// <param name="ours">Those of all accounts.</param>
    public static string? Refusal(MessageDetail message, IReadOnlyList<HeaderLine> header, string own, OwnAddresses ours, IReadOnlyList<EmailAddress> to)
    {
        if (to.FirstOrDefault(address => ours.Contains(address.Address)) is { } back)
            return $"{back.Address} is an account of this daemon";
        if (to.Any(address => Is(address.Address, message.From.Address)))
            return "it would go back to its sender";
        if (header.Any(line => Is(line.Name, Loop) && Is(line.Value.Trim(), own)))
            return "this account sent it on before";
        if (MachineMail.Answer(header) is { } why)
            return why;
        return header.Count(line => Is(line.Name, "Received")) > MostStations ? "it has been on its way too long" : null;
    }

    /// <summary>What tells this account, and others that answer by machine, that it was here.</summary>
    public static IReadOnlyList<HeaderLine> Header(IReadOnlyList<HeaderLine> header, string own) =>
        [.. header.Where(line => Is(line.Name, Loop)).Take(MostStations).Select(line => new HeaderLine(Loop, line.Value.Trim())), new HeaderLine(Loop, own), new HeaderLine("Auto-Submitted", "auto-generated")];

    private static bool Is(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
