namespace MailDaemon.Protocols.Mime;

/// <summary>What was wrong, each thing once, up to a limit.</summary>
internal sealed class MimeDefects(int limit)
{
    private readonly List<string> list = [];

    public IReadOnlyList<string> List => list;

    public void Add(string defect)
    {
        if (list.Count < limit && !list.Contains(defect, StringComparer.Ordinal))
        {
            list.Add(defect);
        }
    }
}
