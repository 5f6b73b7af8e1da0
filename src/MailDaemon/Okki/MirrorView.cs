using System.ComponentModel;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>How far the mirror of the customers is.</summary>
public sealed record MirrorView(
    [property: Description("running; idle; or broken: it goes on by itself"), Example("running")] string Status,
    [property: Description("Customers read so far"), Example("300")] int Done,
    [property: Description("Customers to be read"), Example("1280")] int Total,
    [property: Description("Only those changed on this day or later are read; null for all")] DateOnly? Since,
    [property: Description("Customers in the mirror"), Example("1280")] int Customers,
    [property: Description("Users of the CRM; their mail is ours, not a customer's"), Example("12")] int Users,
    DateTimeOffset? BegunAt,
    [property: Description("When one last ended whole; null when never")] DateTimeOffset? FinishedAt)
{
    [Description("The stable word of a failure"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Msg { get; init; }

    internal static MirrorView Of(CustomerMirror mirror, CustomerStore customers)
    {
        var state = customers.State;
        return new MirrorView(mirror.IsRunning ? "running" : state.Page > 0 ? "broken" : "idle", state.Done, state.Total, state.Since, customers.Count, customers.Colleagues.Count, state.BegunAt, state.FinishedAt)
        {
            Error = mirror.Error?.Code, Msg = mirror.Error?.Message,
        };
    }
}
