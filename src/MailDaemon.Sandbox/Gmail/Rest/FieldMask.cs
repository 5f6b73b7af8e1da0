using System.Text.Json.Nodes;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>A partial response: <c>fields=messages(id,payload/headers),nextPageToken</c>. <c>*</c> stands for each field of a level.</summary>
internal sealed class FieldMask
{
    private const int MaxDepth = 50;

    private readonly Dictionary<string, FieldMask> fields = new(StringComparer.Ordinal);

    /// <summary>The fields of this level; none for all of it.</summary>
    public IReadOnlyDictionary<string, FieldMask> Fields => fields;

    /// <exception cref="GmailException">It is no mask.</exception>
    public static FieldMask Parse(string text)
    {
        var mask = new FieldMask();
        var position = 0;
        mask.TakeList(text, ref position, 0);
        return position == text.Length ? mask : throw Bad(text);
    }

    /// <summary>The same without what is not asked for; null when nothing is left.</summary>
    public JsonNode? Apply(JsonNode? node)
    {
        if (fields.Count == 0)
        {
            return node?.DeepClone();
        }

        switch (node)
        {
            case JsonArray array:
                return new JsonArray([.. array.Select(Apply)]);
            case JsonObject whole:
                var part = new JsonObject();
                foreach (var (name, value) in whole)
                {
                    if ((fields.GetValueOrDefault(name) ?? fields.GetValueOrDefault("*")) is { } mask && mask.Apply(value) is { } kept)
                    {
                        part[name] = kept;
                    }
                }

                return part;
            default:
                return null;
        }
    }

    private void TakeList(string text, ref int position, int depth)
    {
        do
        {
            TakePath(text, ref position, depth);
        }
        while (TryTake(text, ref position, ','));
    }

    private void TakePath(string text, ref int position, int depth)
    {
        if (depth > MaxDepth)
        {
            throw Bad(text);
        }

        var start = position;
        while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] is '*' or '_'))
        {
            position++;
        }

        if (position == start)
        {
            throw Bad(text);
        }

        var name = text[start..position];
        if (!fields.TryGetValue(name, out var below))
        {
            fields[name] = below = new FieldMask();
        }

        if (TryTake(text, ref position, '/'))
        {
            below.TakePath(text, ref position, depth + 1);
        }
        else if (TryTake(text, ref position, '('))
        {
            below.TakeList(text, ref position, depth + 1);
            if (!TryTake(text, ref position, ')'))
            {
                throw Bad(text);
            }
        }
    }

    private static bool TryTake(string text, ref int position, char wanted)
    {
        if (position == text.Length || text[position] != wanted)
        {
            return false;
        }

        position++;
        return true;
    }

    private static GmailException Bad(string text) => new(400, "invalidParameter", "INVALID_ARGUMENT", $"Invalid field selection {text}");
}
