namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// What may be expected of the mails of a random history, by their subjects: one rule is there, which takes each new mail, and a mail keeps its
/// key.
/// </summary>
internal sealed class ArrivalMarks
{
    private readonly Dictionary<string, Mail> mails = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> keys = new(StringComparer.Ordinal);

    public void Born(string id, string subject, bool isInFirstPass) => mails[id] = new Mail(subject) { MayBePassedOver = isInFirstPass };

    /// <summary>It goes where rules do not run. If it has not been seen before, they may pass it over.</summary>
    public void Moved(string id)
    {
        if (mails.GetValueOrDefault(id) is { IsSeen: false } mail)
            mail.MayBePassedOver = true;
    }

    /// <summary>The service gave it another id.</summary>
    public void Renumbered(string id, string other)
    {
        if (mails.Remove(id, out var mail))
            mails.Add(other, mail);
    }

    /// <summary>What arrived, or was there before, has the key that it had when all was quiet before; no two have the same.</summary>
    /// <param name="listed">All that the daemon lists.</param>
    public void CheckKeys(IReadOnlyCollection<(string Key, string Subject)> listed)
    {
        listed.Select(mail => mail.Key).Distinct(StringComparer.Ordinal).Count().ShouldBe(listed.Count, "each key is there once");
        foreach (var (key, subject) in listed.Where(mail => mail.Subject.StartsWith("mail ", StringComparison.Ordinal) || mail.Subject.StartsWith("Bulk message ", StringComparison.Ordinal)))
            (keys.TryAdd(subject, key) ? key : keys[subject]).ShouldBe(key, $"{subject} keeps its key");
    }

    /// <summary>All is quiet: on each mail the rule ran once; on one that was moved before it was seen, at most once; on no other.</summary>
    public void Check(IReadOnlyList<string> ran)
    {
        var counts = ran.CountBy(subject => subject, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        foreach (var mail in mails.Values)
        {
            counts.Remove(mail.Subject, out var count);
            count.ShouldBeInRange(mail.MayBePassedOver ? 0 : 1, 1, $"the rule ran on {mail.Subject} {count} times");
            mail.IsSeen = true;
        }

        counts.ShouldBeEmpty("the rule ran on what was there before");
    }

    private sealed class Mail(string subject)
    {
        public string Subject { get; } = subject;

        public bool MayBePassedOver { get; set; }

        public bool IsSeen { get; set; }
    }
}
