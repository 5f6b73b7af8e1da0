using System.Globalization;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>Which messages of an account its settings want: places, and how far back.</summary>
internal sealed class GmailWants
{
    private readonly HashSet<string> places;

    /// <param name="now">Days are counted back from here.</param>
    public GmailWants(AccountSettings settings, DateTimeOffset now)
    {
        places = [.. GmailLabelIds.Places.Where(settings.Wants).Select(place => place.Path)];
        Horizon = settings.SyncDays > 0 ? now - TimeSpan.FromDays(settings.SyncDays) : null;
        Fingerprint = string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', places.Order(StringComparer.Ordinal))} {settings.SyncDays}");
    }

    /// <summary>Mail from before is not read; null when all is.</summary>
    public DateTimeOffset? Horizon { get; }

    public string Fingerprint { get; }

    /// <summary>The lists that together name what is wanted, the inbox first; one for all where all is.</summary>
    public IReadOnlyList<GmailList> Lists => places.Count == GmailLabelIds.Places.Count
        ? [Recent]
        : [.. GmailLabelIds.Places.Where(place => places.Contains(place.Path)).Select(place => GmailList.Of(place.Path, Since))];

    /// <summary>All that is not too old, wherever it is.</summary>
    public GmailList Recent => new(null, Since);

    public bool Has(string place) => places.Contains(place);

    public bool Has(DateTimeOffset date) => Horizon is null || date >= Horizon;

    private string? Since => Horizon is { } horizon ? string.Create(CultureInfo.InvariantCulture, $"after:{horizon.ToUnixTimeSeconds()}") : null;
}

/// <summary>What names messages at Gmail: a label that they have, and a query.</summary>
internal sealed record GmailList(string? LabelId, string? Query)
{
    private const string NotInAnyPlace = "-in:inbox -in:sent -in:drafts -in:spam -in:trash";

    /// <summary>The messages of a place.</summary>
    public static GmailList Of(string place, string? query) => place == GmailLabelIds.Archive
        ? new(null, query is null ? NotInAnyPlace : $"{NotInAnyPlace} {query}")
        : new(place, query);
}
