using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Okki;

/// <summary><c>okki-unmatched.log</c> in the data directory: a line of JSON for each mail that no customer was found for. Of 5 MB a file, two of them.</summary>
public sealed class UnmatchedLog(DataPaths paths)
{
    private const long MostBytes = 5 * 1024 * 1024;
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock gate = new();

    public void Write(Trail trail, DateTimeOffset now)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, Readable))
        {
            json.WriteStartObject();
            json.WriteString("at", now);
            json.WriteString("id", trail.Id);
            json.WriteString("uid", trail.Uid);
            json.WriteString("email", trail.Source.Counterparties.Count > 0 ? trail.Source.Counterparties[0].Address : "");
            json.WriteString("subject", trail.Source.Mail?.Subject ?? trail.Source.Quotation?.Number ?? "");
            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        lock (gate)
        {
            var path = paths.UnmatchedLog;
            if (new FileInfo(path) is { Exists: true, Length: > MostBytes })
                File.Move(path, path + ".1", overwrite: true);
            PrivateFiles.CreateIfMissing(path);
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write);
            file.Write(line.ToArray());
        }
    }
}
