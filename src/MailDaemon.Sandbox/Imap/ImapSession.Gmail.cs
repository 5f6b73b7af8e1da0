using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Imap;

/// <content>Gmail's numbers and labels of messages (X-GM-EXT-1).</content>
internal sealed partial class ImapSession
{
    private string LabelsOf(OpenFolder folder, StoredMessage message) =>
        $"({string.Join(' ', user!.Gmail!.Of(message.EmailId, folder.Folder).Select(ImapText.Mailbox))})";

    /// <summary>store-att-labels = ["+" / "-"] "X-GM-LABELS" [".SILENT"] SP ("(" [label *(SP label)] ")" / label)</summary>
    private Task<string> StoreLabelsAsync(ImapCommand command, string item, IReadOnlyList<uint> uids)
    {
        var labels = TakeLabels(command);
        command.End();
        ThrowIfReadOnly();
        var folder = open!;
        foreach (var uid in uids)
        {
            if (folder.Folder.State().Find(uid) is not { } message)
            {
                continue;
            }

            ChangeLabels(folder.Folder, message, item, labels);
            if (!item.EndsWith(".SILENT", StringComparison.Ordinal))
            {
                connection.Write($"* {folder.SequenceOf(uid)} FETCH (UID {uid} X-GM-LABELS {LabelsOf(folder, message)})\r\n");
            }
        }

        return Task.FromResult("STORE completed");
    }

    private void ChangeLabels(MailFolder folder, StoredMessage message, string item, IReadOnlyList<string> labels)
    {
        var present = user!.Gmail!.Of(message.EmailId, folder);
        var (given, taken) = item[0] switch
        {
            '+' => (labels, []),
            '-' => ([], labels),
            _ => (labels, present.Except(labels, StringComparer.OrdinalIgnoreCase)),
        };
        Change(
            u =>
            {
                u.Gmail!.Change(message, given, taken);
                return true;
            },
            "CANNOT");
    }

    private static IReadOnlyList<string> TakeLabels(ImapCommand command)
    {
        if (!command.TryTake('('))
        {
            return [TakeLabel(command)];
        }

        var labels = new List<string>();
        while (!command.TryTake(')'))
        {
            if (labels.Count > 0)
            {
                command.Space();
            }

            labels.Add(TakeLabel(command));
        }

        return labels;
    }

    private static string TakeLabel(ImapCommand command) => command.Next == '\\' ? command.Flag() : command.Mailbox();
}
