namespace MailDaemon.Engine.Cache;

/// <summary>A message that its server refuses to give.</summary>
/// <param name="Folder">The path of its folder.</param>
/// <param name="Id">The server's id; for IMAP the UID.</param>
/// <param name="Code">A stable word for programs.</param>
/// <param name="Reason">What the server said.</param>
/// <param name="Attempts">Times that it was asked for in vain.</param>
/// <param name="Since">When it was refused first.</param>
/// <param name="NextAttempt">Until then passes leave it alone; a pass that somebody asks for does not.</param>
public sealed record RefusedRow(string Folder, string Id, string Code, string Reason, int Attempts, DateTimeOffset Since, DateTimeOffset NextAttempt);
