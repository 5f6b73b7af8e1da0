namespace MailDaemon.Sandbox;

/// <summary>Someone who can log in. The passwords are no secrets: they open nothing but the sandbox.</summary>
/// <param name="Address">Also the name to log in with.</param>
public sealed record SandboxUser(string Address, string Password, string DisplayName)
{
    /// <summary>Sales manager, owner of the sample mailbox.</summary>
    public static SandboxUser Lina { get; } = new("lina@sandbox.test", "sandbox", "李娜");

    /// <summary>A colleague, to have someone to write to.</summary>
    public static SandboxUser Tom { get; } = new("tom@sandbox.test", "sandbox", "Tom Becker");

    /// <summary>Buyer with a mailbox at Gmail; she signs in by consent.</summary>
    public static SandboxUser Gina { get; } = new("gina@gmail.sandbox.test", "sandbox", "Gina Moreno");

    /// <summary>Forwarder with a mailbox at Outlook.com; she signs in by consent.</summary>
    public static SandboxUser Olivia { get; } = new("olivia@outlook.sandbox.test", "sandbox", "Olivia Berg");
}
