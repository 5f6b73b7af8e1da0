using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Engine.Storage;

/// <summary>The settings section <c>Okki</c>: the CRM.</summary>
public sealed record OkkiOptions
{
    public bool Enabled { get; init; }

    /// <summary>Whether what would be written is only noted down.</summary>
    public bool DryRun { get; init; } = true;

    [HttpUrl]
    public string BaseUrl { get; init; } = "https://api-sandbox.xiaoman.cn";

    /// <summary>Requests a second at most; the vendor allows about two.</summary>
    [Range(0.1, 1000)]
    public double RequestsPerSecond { get; init; } = 2;

    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    /// <summary><c>http</c>, or <c>cli</c> to run <see cref="Command"/>.</summary>
    [AllowedValues("http", "cli", ErrorMessage = "must be http or cli")]
    public string Mode { get; init; } = "http";

    public string? Command { get; init; }

    /// <summary>From which match, 0 to 1, a trail is written without being asked.</summary>
    [Range(0.0, 1.0)]
    public double AutoWriteMin { get; init; } = 0.7;

    /// <summary>Of the labels in trails: <c>zh</c> or <c>en</c>.</summary>
    [AllowedValues("zh", "en", ErrorMessage = "must be zh or en")]
    public string Language { get; init; } = "zh";

    /// <summary>Whether mail that was sent becomes trails, too.</summary>
    public bool SyncSent { get; init; }

    /// <summary>Domains of mail providers beside those that are known: their addresses say nothing about a company.</summary>
    public IReadOnlyList<string> PublicDomains { get; init; } = [];


    /// <summary>The trail type of a mail.</summary>
    [Range(1, int.MaxValue)]
    public int RemarkTypeEmail { get; init; } = 102;

    /// <summary>The trail type of a quotation.</summary>
    [Range(1, int.MaxValue)]
    public int RemarkTypeQuotation { get; init; } = 101;

    public OkkiVectorOptions Vector { get; init; } = new();
}

/// <summary>The settings section <c>Okki:Vector</c>: how customers are searched by meaning.</summary>
public sealed record OkkiVectorOptions
{
    /// <summary><c>embedded</c>, <c>embeddings</c> (an OpenAI-compatible endpoint) or <c>http</c>.</summary>
    [AllowedValues("embedded", "embeddings", "http", ErrorMessage = "must be embedded, embeddings or http")]
    public string Mode { get; init; } = "embedded";

    [HttpUrl]
    public string? Url { get; init; }

    public string? Model { get; init; }

    public string? ApiKey { get; init; }
}
