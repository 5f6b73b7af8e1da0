using MailDaemon.Sandbox.OAuth;

namespace MailDaemon.Sandbox.Identity;

/// <summary>What all endpoints of the identity platform stand on.</summary>
internal sealed record IdentityContext(IdentityServerOptions Options, IdentityFaults Faults, IssuedTokens Tokens, IdentityUsers Users, TimeProvider Time)
{
    public DateTimeOffset Now => Time.GetUtcNow();
}

/// <summary>Users by address or by the name to sign in with.</summary>
internal sealed class IdentityUsers(IReadOnlyList<IdentityUser> users)
{
    public IReadOnlyList<string> Addresses { get; } = [.. users.Select(user => user.Address)];

    public IdentityUser? Find(string? address) => users.FirstOrDefault(
        user => user.Address.Equals(address, StringComparison.OrdinalIgnoreCase) || user.UserName.Equals(address, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="KeyNotFoundException">There is no such user.</exception>
    public IdentityUser Get(string address) => Find(address) ?? throw new KeyNotFoundException($"There is no user {address}.");
}
