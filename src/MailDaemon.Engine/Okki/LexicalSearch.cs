namespace MailDaemon.Engine.Okki;

/// <summary>The embedded search: a <see cref="LexicalIndex"/> of the mirror, made when it is first asked for and again when the mirror has changed. Thread-safe.</summary>
internal sealed class LexicalSearch(CustomerStore customers, TimeProvider time) : ICustomerSearch
{
    private const int Most = 5;

    /// <summary>An index of more customers takes a second to make: it may be old for a while as the mirror grows.</summary>
    private const int Large = 5_000;

    private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private (long Version, DateTimeOffset At, LexicalIndex Index)? built;

    public Task<IReadOnlyList<CustomerHit>> SearchAsync(CustomerQuery query, CancellationToken ct) => Task.FromResult(Index().Search(query, Most));

    private LexicalIndex Index()
    {
        lock (gate)
        {
            var version = customers.Version;
            var now = time.GetUtcNow();
            if (built is { } known && (known.Version == version || (known.Index.Count > Large && known.At > now - Oldest)))
                return known.Index;
            var all = new List<CrmCompany>();
            customers.Each(all.Add);
            built = (version, now, new LexicalIndex(all));
            return built.Value.Index;
        }
    }
}
