namespace MailDaemon.Sandbox.Graph.Mailboxes;

/// <summary>A category of the user's master list. Messages name it by <paramref name="DisplayName"/>.</summary>
/// <param name="Id">A GUID.</param>
/// <param name="Color"><c>preset0</c> to <c>preset24</c>, or <c>none</c>.</param>
public sealed record GraphCategory(string Id, string DisplayName, string Color);
