using System.Text.Json;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Engine.Rules;

/// <summary>The value of the action <c>okki_sync</c>: nothing, or JSON such as <c>{"remarkType":110,"minConfidence":0.9}</c>. Pure.</summary>
internal static class OkkiValue
{
    /// <returns>Null: it is not of that form.</returns>
    public static TrailOptions? Read(string value)
    {
        if (string.IsNullOrWhiteSpace(value))
            return new TrailOptions();
        try
        {
            using var document = JsonDocument.Parse(value, new JsonDocumentOptions { MaxDepth = 4 });
            var options = new TrailOptions();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                switch (member.Name)
                {
                    case "remarkType" when member.Value.TryGetInt32(out var type) && type is >= 101 and <= 112:
                        options = options with { RemarkType = type };
                        break;
                    case "minConfidence" when member.Value.TryGetDouble(out var confidence) && confidence is >= 0 and <= 1:
                        options = options with { MinConfidence = confidence };
                        break;
                    default:
                        return null;
                }
            }

            return options;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
