using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Where the last pass over an IMAP folder ended (RFC 4549, RFC 7162).</summary>
internal sealed record ImapCursor
{
    private static readonly TimeSpan RecountInterval = TimeSpan.FromDays(1);

    /// <summary>Ids of another value mean nothing.</summary>
    public required uint UidValidity { get; init; }

    /// <summary>All messages from <see cref="Backfill"/> up to but excluding this UID have been read.</summary>
    public required uint UidNext { get; init; }

    /// <summary>Flag changes and removals up to this mod-sequence are known; 0 when the server has none.</summary>
    public ulong ModSeq { get; init; }

    /// <summary>The first pass still has to read the messages below this UID; 1 when it is over.</summary>
    public required uint Backfill { get; init; }

    /// <summary>UIDNEXT at first contact: what is below was there before us.</summary>
    public required uint Baseline { get; init; }

    /// <summary>Of that, what the server received since then is new all the same; null when nothing is.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The first pass left out what the server received before that day; null when it left out nothing.</summary>
    public DateOnly? Horizon { get; init; }

    /// <summary>Which messages of Gmail's All Mail were left out (see <see cref="GmailAllMail.LeftOut"/>); null in other folders.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Messages in the folder when the last pass ended.</summary>
    public uint Exists { get; init; }

    /// <summary>
    /// How many more messages the server counted than the cache had when all were compared for that reason, and when it was: there are
    /// servers that count what they do not give. As long as the number stays, it is asked for once a day.
    /// </summary>
    public long Missing { get; init; }

    public DateTimeOffset? Recounted { get; init; }

    /// <summary>When all flags were last compared, and what the counts were then; only where there are no mod-sequences.</summary>
    public DateTimeOffset? Compared { get; init; }

    public string? ComparedToken { get; init; }

    /// <summary>Messages of the first pass, for its progress; 0 when older mail, or what is missing, is read after it.</summary>
    public int BackfillTotal { get; init; }

    [JsonIgnore]
    public bool IsBackfilled => Backfill <= 1;

    /// <summary>Whether a message was there before us, so that rules do not run on it.</summary>
    public bool IsBaseline(uint uid, DateTimeOffset received) => uid < Baseline && (Since is null || received < Since);

    /// <summary>The cursor for reading back to a day: where older mail is wanted than was before, the first pass begins again.</summary>
    /// <param name="horizon">The first day wanted; null for all there is.</param>
    public ImapCursor Reaching(DateOnly? horizon) => Horizon is null || horizon >= Horizon
        ? this
        : this with { Backfill = UidNext, BackfillTotal = 0, Horizon = horizon };

    /// <summary>The cursor for reading all of a folder again that the cache has nothing of any more.</summary>
    public ImapCursor Anew() => this with { Backfill = UidNext, BackfillTotal = 0, ModSeq = 0, Exists = 0, Compared = null };

    /// <summary>The cursor for leaving out other messages than before: all are looked at.</summary>
    public ImapCursor LeavingOut(string? leftOut) => LeftOut == leftOut ? this : this with { LeftOut = leftOut, ModSeq = 0 };

    /// <summary>
    /// Whether the cache has as many messages as the server counted when the last pass ended; always true where it has not, or should not
    /// have, all of them.
    /// </summary>
    /// <param name="held">Messages in the cache.</param>
    public bool AccountsFor(int held, DateTimeOffset now) =>
        !IsBackfilled || Horizon is not null || LeftOut is not null || Exists == held || (Exists - (long)held == Missing && now - Recounted < RecountInterval);

    /// <summary>
    /// The cursor for a folder that has not changed since the last pass. When the cache has another number of messages all the same, the
    /// server once told what was not so (a VANISHED too many, an EXISTS too low): all are compared, and those not known are read.
    /// </summary>
    public ImapCursor Recounting(ImapFolderState server, int held, DateTimeOffset now) =>
        LeftOut is not null ? this
            : Exists == held ? this with { Missing = 0, Recounted = null }
            : AccountsFor(held, now) || (server.UidValidity, server.UidNext, server.ModSeq, server.Exists) != (UidValidity, UidNext, ModSeq, Exists) ? this
            : this with { ModSeq = 0, Exists = (uint)held, Backfill = UidNext, BackfillTotal = 0, Missing = Exists - (long)held, Recounted = now };

    public static ImapCursor? Read(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, ImapJson.Default.ImapCursor);
        }
        catch (JsonException)
        {
            // An unreadable cursor is no cursor: the folder is read again, and nothing is lost.
            return null;
        }
    }

    public string Write() => JsonSerializer.Serialize(this, ImapJson.Default.ImapCursor);
}

[JsonSerializable(typeof(ImapCursor))]
internal sealed partial class ImapJson : JsonSerializerContext;
