using Google.Apis.Gmail.v1.Data;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// The labels of an account. The history does not tell of labels that are made, renamed or deleted: they are listed at the first pass,
/// when a label turns up that is not known, after our own changes, and now and then. Thread-safe.
/// </summary>
internal sealed class GmailLabelList(GmailClient client, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private volatile IReadOnlyList<Label>? listed;
    private long listedAt;

    /// <summary>Lists them if that is due.</summary>
    /// <returns>Those that people have made; null when they were not listed now.</returns>
    public async Task<IReadOnlyList<RemoteLabel>?> RefreshAsync(GmailLane lane, CancellationToken ct)
    {
        if (listed is not null && time.GetElapsedTime(Interlocked.Read(ref listedAt)) < Interval)
            return null;
        return Own(await ReadAsync(lane, ct));
    }

    /// <summary>Those there are, as they were last listed.</summary>
    public async Task<IReadOnlyList<Label>> AllAsync(GmailLane lane, CancellationToken ct) => listed ?? await ReadAsync(lane, ct);

    public async Task<IReadOnlyList<Label>> ReadAsync(GmailLane lane, CancellationToken ct)
    {
        var answer = await client.RunAsync(lane, client.Users.Labels.List("me"), ct);
        Interlocked.Exchange(ref listedAt, time.GetTimestamp());
        return listed = [.. answer.Labels ?? []];
    }

    /// <summary>Labels that were met: should one not be known, they are listed again.</summary>
    public void Expect(IEnumerable<string> ids)
    {
        if (listed is { } known && ids.Except(known.Select(label => label.Id), StringComparer.Ordinal).Any())
            Forget();
    }

    /// <summary>They are others now.</summary>
    public void Forget() => listed = null;

    public static IReadOnlyList<RemoteLabel> Own(IEnumerable<Label> labels) => [.. labels.Where(label => label is { Type: "user", Id: not null, Name: not null }).Select(Of)];

    public static RemoteLabel Of(Label label) =>
        new(label.Id!, label.Name!, GmailPalette.Name(label.Color?.BackgroundColor), label.LabelListVisibility != "labelHide");
}
