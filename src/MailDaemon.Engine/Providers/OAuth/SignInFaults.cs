using System.Globalization;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>How a sign-in ends without an account. The words are part of the API.</summary>
internal static class SignInFaults
{
    public const string Cancelled = "sign_in_cancelled";
    public const string Expired = "sign_in_expired";
    public const string MissingScopes = "missing_scopes";
    public const string WrongMailbox = "wrong_mailbox";

    public static MailException NotConsented() => new(MailFault.Forbidden, Cancelled, "The access was not allowed, and nothing was changed. Begin a new sign-in if that was not meant.");

    public static MailException TimedOut(TimeSpan life) => new(
        MailFault.Forbidden, Expired, string.Create(CultureInfo.InvariantCulture, $"The sign-in took longer than {Math.Round(life.TotalMinutes)} minutes and is no longer good. Begin a new one."));

    /// <summary>The account was removed, the daemon stops, or too many others were begun since.</summary>
    public static MailException Ended(string why) => new(MailFault.Conflict, "sign_in_ended", $"The sign-in was ended: {why}. Begin a new one.");

    public static MailException Lacks(IReadOnlyList<string> missing) => new(
        MailFault.Forbidden, MissingScopes, $"Nothing was connected, because this was not allowed: {string.Join("; ", missing)}. Begin a new sign-in and tick every box.");

    public static MailException OtherMailbox(string wanted, string consented) => new(
        MailFault.Conflict, WrongMailbox, $"The sign-in is for {wanted}, but {consented} was chosen. Nothing was connected. Begin a new sign-in and choose {wanted}.");

    public static MailException Refused(string word) => new(
        MailFault.Refused, "consent_refused", $"The provider did not let the sign-in through: {word}. Begin a new sign-in; if it stays so, check the client id in the settings.");
}
