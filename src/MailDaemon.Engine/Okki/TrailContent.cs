using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Okki;

/// <summary>The text of a follow-up record, in Chinese or English, with a last line by which it is found again. Pure.</summary>
internal static class TrailContent
{
    private const int MostText = 200;
    private const int MostNames = 20;
    private const int MostProducts = 50;
    private const int MostLength = 4_000;
    private static readonly TimeSpan Beijing = TimeSpan.FromHours(8);

    /// <summary>By what a record is found again in the CRM: the same for the same uid and customer.</summary>
    public static string Marker(string kind, string uid, long companyId)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind}\n{uid}\n{companyId}")));
        return $"[#{Convert.ToHexStringLower(hash.AsSpan(0, 4))}]";
    }

    public static string Of(string kind, string uid, TrailSource source, long companyId, bool isEnglish)
    {
        var lines = source.Quotation is { } quotation ? Lines(quotation, isEnglish) : Lines(source.Mail ?? new MailTrail(), isEnglish);
        return $"{TextCut.At(string.Join('\n', lines), MostLength)}\n{Marker(kind, uid, companyId)}";
    }

    private static IEnumerable<string> Lines(MailTrail mail, bool isEnglish)
    {
        var say = isEnglish ? English : Chinese;
        yield return mail.IsOutgoing ? say.Outgoing : say.Incoming;
        yield return $"{say.Subject}{say.Colon}{Line(mail.Subject)}";
        yield return $"{say.Time}{say.Colon}{Time(mail.Date, isEnglish)}";
        yield return $"{say.From}{say.Colon}{Address(mail.From)}";
        yield return $"{say.To}{say.Colon}{string.Join(isEnglish ? ", " : "，", mail.To.Take(MostNames).Select(Address))}";
        if (Line(mail.Text) is { Length: > 0 } text)
            yield return $"{say.Summary}{say.Colon}{(text.Length > MostText ? TextCut.At(text, MostText) + "…" : text)}";
        if (mail.Attachments.Count > 0)
            yield return $"{say.Attachments}{say.Colon}{string.Join(isEnglish ? ", " : "，", mail.Attachments.Take(MostNames).Select(Line))}";
    }

    private static IEnumerable<string> Lines(Quotation quotation, bool isEnglish)
    {
        var say = isEnglish ? English : Chinese;
        yield return $"{say.Quotation}{say.Colon}{Line(quotation.Number)}";
        foreach (var (label, value) in new[] { (say.Date, quotation.Date), (say.Total, quotation.Total), (say.ValidUntil, quotation.ValidUntil) })
        {
            if (Line(value) is { Length: > 0 } given)
                yield return $"{label}{say.Colon}{given}";
        }

        if (quotation.Products.Count > 0)
            yield return say.Products + say.Colon.Trim();
        foreach (var product in quotation.Products.Take(MostProducts))
            yield return $"- {Line(product.Name)} × {Line(product.Quantity)} @ {Line(product.UnitPrice)}";
        if (quotation.Products.Count > MostProducts)
            yield return string.Create(CultureInfo.InvariantCulture, $"… +{quotation.Products.Count - MostProducts}");
    }

    /// <summary>The CRM shows Beijing time; English ones say which it is.</summary>
    private static string Time(DateTimeOffset at, bool isEnglish) => isEnglish
        ? at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)
        : at.ToOffset(Beijing).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Address(EmailAddress address) => Line(address.Name) is { Length: > 0 } name ? $"{name} <{Line(address.Address)}>" : Line(address.Address);

    /// <summary>On one line, without what nobody sees: nothing of a mail shall look like our last line.</summary>
    private static string Line(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("[#", "[ #", StringComparison.Ordinal);

    private static readonly Words Chinese = new("【收到邮件】", "【发出邮件】", "主题", "时间", "发件人", "收件人", "摘要", "附件", "【报价单】", "日期", "总金额", "有效期至", "产品明细", "：");

    private static readonly Words English = new("[Mail received]", "[Mail sent]", "Subject", "Time", "From", "To", "Summary", "Attachments", "Quotation", "Date", "Total", "Valid until", "Products", ": ");

    private sealed record Words(
        string Incoming, string Outgoing, string Subject, string Time, string From, string To, string Summary, string Attachments, string Quotation, string Date, string Total, string ValidUntil, string Products, string Colon);
}
