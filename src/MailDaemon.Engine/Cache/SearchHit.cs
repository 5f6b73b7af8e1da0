using System.Text.Json.Serialization;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>A message that was found, with the places that say why.</summary>
public sealed record SearchHit : MessageItem
{
    private readonly MessageItem _item;

    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public SearchHit(MessageItem item, IReadOnlyList<Highlight> highlights, double rank)
        : base(item)
    {
        _item = item;
        Highlights = highlights;
        Rank = rank;
    }

    /// <summary>Empty when nothing but filters was asked for.</summary>
    [JsonPropertyOrder(2)]
    public IReadOnlyList<Highlight> Highlights { get; }

    /// <summary>The message as lists show it.</summary>
    [JsonIgnore]
    public MessageItem Item => _item with { Labels = Labels, Body = Body };

    /// <summary>The lower the better (bm25); 0 when the newest come first.</summary>
    [JsonIgnore]
    public double Rank { get; }
}

/// <summary>A piece of a message in which something was found.</summary>
/// <param name="Field"><c>subject, from, to, text</c> or <c>attachment</c>.</param>
/// <param name="Fragment">The piece, as plain text.</param>
/// <param name="Matches">Where in it, in characters (UTF-16).</param>
public sealed record Highlight(string Field, string Fragment, IReadOnlyList<TextRange> Matches);

/// <param name="Start">From 0.</param>
public sealed record TextRange(int Start, int Length);
