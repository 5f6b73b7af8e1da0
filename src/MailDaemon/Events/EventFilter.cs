using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Events;

/// <summary>Which events a caller wants.</summary>
internal sealed class EventFilter
{
    private readonly ProviderKind? provider;
    private readonly string? email;
    private readonly string[] types;

    /// <param name="types">Types or families, with commas between; null for all.</param>
    /// <exception cref="MailException">InvalidInput <c>invalid_parameter</c>: no such family.</exception>
    public EventFilter(ProviderKind? provider, string? email, string? types)
    {
        this.provider = provider;
        this.email = email;
        this.types = types?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (Array.Find(this.types, type => !EventTypes.Families.Contains(type.Split('.')[0], StringComparer.Ordinal)) is { } unknown)
            throw MailException.InvalidInput("invalid_parameter", $"types: {unknown} is none of {string.Join(", ", EventTypes.Families)}, nor one of theirs, such as message.added");
    }

    public bool Wants(MailEvent e) =>
        (provider is null || e.Account.Provider == provider)
        && (email is null || new AccountKey(e.Account.Provider, email) == e.Account)
        && (types.Length == 0 || Array.Exists(types, type => type == e.Type || e.Type.StartsWith(type + ".", StringComparison.Ordinal)));
}
