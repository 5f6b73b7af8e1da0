using System.Security.Cryptography;
using System.Text;

namespace MailDaemon.Sandbox.Identity;

/// <summary>Someone who can sign in at the identity platform.</summary>
/// <param name="Address">Of the mailbox.</param>
public sealed record IdentityUser(string Address, string DisplayName)
{
    /// <summary>The tenant of all personal accounts (Microsoft identity platform, "ID token claims reference", <c>tid</c>).</summary>
    public const string PersonalTenant = "9188040d-6c67-4c5b-b112-36a304b66dad";

    /// <summary>A tenant of a company, of work accounts that name no other.</summary>
    public const string WorkTenant = "5b1c9f0e-2a34-4c11-9d0a-7f6e5d4c3b2a";

    /// <summary>A personal account, or a member of another tenant than <see cref="PersonalTenant"/>. Default: personal.</summary>
    public string TenantId { get; init; } = PersonalTenant;

    /// <summary>The name to sign in with, which at a company need not be an address of the mailbox. Default: the address.</summary>
    public string UserName { get; init; } = Address;

    public bool IsPersonal => TenantId == PersonalTenant;

    /// <summary>The same for the same user.</summary>
    public string ObjectId
    {
        get
        {
            var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Address.ToLowerInvariant())).AsSpan(0, 16));
            return IsPersonal ? $"00000000-0000-0000-{id[..4]}-{id[4..16]}" : $"{id[..8]}-{id[8..12]}-{id[12..16]}-{id[16..20]}-{id[20..]}";
        }
    }

    public static IdentityUser Personal(SandboxUser user) => new(user.Address, user.DisplayName);

    public static IdentityUser Work(SandboxUser user) => new(user.Address, user.DisplayName) { TenantId = WorkTenant };

    /// <summary>Whether this user may sign in at a tenant of an address: <c>common</c>, <c>organizations</c>, <c>consumers</c> or an id.</summary>
    internal bool MayUse(string tenant) => tenant switch
    {
        "common" => true,
        "organizations" => !IsPersonal,
        "consumers" => IsPersonal,
        _ => tenant.Equals(TenantId, StringComparison.OrdinalIgnoreCase),
    };
}
