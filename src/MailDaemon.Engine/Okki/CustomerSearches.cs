namespace MailDaemon.Engine.Okki;

/// <summary>The search by likeness that the settings name at present.</summary>
internal sealed class CustomerSearches(OkkiSettings settings, LexicalSearch lexical, EmbeddingSearch embeddings, HttpCustomerSearch http)
{
    /// <summary>Below it nobody is taken for found.</summary>
    public const double MinScore = 0.25;

    /// <summary>By so much the first has to be ahead of the next.</summary>
    public const double MinMargin = 0.05;

    public ICustomerSearch Current => settings.Current.Vector.Mode switch
    {
        "embeddings" => embeddings,
        "http" => http,
        _ => lexical,
    };
}
