namespace MailDaemon.Engine.Okki;

/// <summary>The embedded search: a <see cref="LexicalIndex"/> of the mirror, made when it is first asked for and again when the mirror has changed. Thread-safe.</summary>
internal sealed class LexicalSearch(CustomerStore customers) : ICustomerSearch
{
    private const int Most = 5;

    private readonly Lock gate = new();
    private (long Version, LexicalIndex Index)? built;

    public Task<IReadOnlyList<CustomerHit>> SearchAsync(CustomerQuery query, CancellationToken ct) => Task.FromResult(Index().Search(query, Most));

    private LexicalIndex Index()
    {
        lock (gate)
        {
            var version = customers.Version;
            if (built is { } known && known.Version == version)
                return known.Index;
            var all = new List<CrmCompany>();
            customers.Each(all.Add);
            built = (version, new LexicalIndex(all));
            return built.Value.Index;
        }
    }
}
