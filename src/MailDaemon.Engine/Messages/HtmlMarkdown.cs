using System.Globalization;
using System.Text;
using AngleSharp.Dom;

namespace MailDaemon.Engine.Messages;

/// <summary>
/// HTML mail as Markdown (CommonMark, and tables of GitHub's): headings, emphasis, links, lists, quotations, code, tables of data. What a
/// reader would not see is left out, and so are images that only count readers.
/// </summary>
public static class HtmlMarkdown
{
    /// <summary>Elements deeper than this are left out.</summary>
    private const int MaxDepth = 256;

    /// <summary>Never throws.</summary>
    public static string Render(string html) => Read(html).Text;

    /// <summary>As <see cref="Render"/>, with how many characters a reader would not see.</summary>
    /// <param name="keep">Takes out of the tree what is not wanted; null for nothing.</param>
    internal static (string Text, int HiddenCharacters) Read(string html, Action<VisibleHtml>? keep = null)
    {
        var page = VisibleHtml.Parse(html);
        keep?.Invoke(page);
        var writer = new Writer(page);
        if (page.Body is { } body && page.Shows(body))
            Children(body, writer, 0);
        var written = writer.ToString();
        var clean = CleanText.Of(written);
        return (clean, page.HiddenCharacters + written.Length - clean.Length);
    }

    private static void Children(INode node, Writer writer, int depth)
    {
        if (depth > MaxDepth)
            return;
        foreach (var child in node.ChildNodes)
        {
            if (!writer.Page.Shows(child))
                continue;
            if (child is IText text)
                writer.Text(text.Data);
            else if (child is IElement element)
                Element(element, writer, depth + 1);
        }
    }

    private static void Element(IElement element, Writer writer, int depth)
    {
        switch (element.LocalName)
        {
            case "br":
                writer.Break();
                break;
            case "hr":
                writer.Paragraph();
                writer.Raw("---");
                writer.Paragraph();
                break;
            case "img":
                Image(element, writer);
                break;
            case "a":
                Link(element, writer, depth);
                break;
            case "b" or "strong":
                Around("**", element, writer, depth);
                break;
            case "i" or "em":
                Around("*", element, writer, depth);
                break;
            case "s" or "del" or "strike":
                Around("~~", element, writer, depth);
                break;
            case "code" or "tt":
                Code(element, writer);
                break;
            case "pre":
                writer.Paragraph();
                Lines(element, writer);
                writer.Paragraph();
                break;
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                writer.Paragraph();
                writer.Raw(new string('#', element.LocalName[1] - '0') + " ");
                Children(element, writer, depth);
                writer.Paragraph();
                break;
            case "blockquote":
                Indented("> ", "> ", element, writer, depth);
                break;
            case "ul" or "ol":
                List(element, writer, depth);
                break;
            case "table" when IsData(element):
                Table(element, writer, depth);
                break;
            case "td" or "th":
                Children(element, writer, depth);
                writer.Text(" ");
                break;
            case "tr" or "div" or "dt" or "dd" or "caption":
                writer.Line();
                Children(element, writer, depth);
                writer.Line();
                break;
            case "p" or "table" or "details" or "summary" or "section" or "article" or "header" or "footer" or "address" or "center" or "dl" or "form" or "fieldset" or "figure":
                writer.Paragraph();
                Children(element, writer, depth);
                writer.Paragraph();
                break;
            default:
                Children(element, writer, depth);
                break;
        }
    }

    private static void Code(IElement element, Writer writer)
    {
        var text = writer.Page.TextOf(element).ReplaceLineEndings(" ").Replace('`', '\'').Trim();
        if (text.Length > 0)
            writer.Raw($"`{text}`");
    }

    /// <summary>The fence is longer than any in the text, which would end it.</summary>
    private static void Lines(IElement element, Writer writer)
    {
        var text = writer.Page.TextOf(element).ReplaceLineEndings("\n").Trim('\n');
        if (string.IsNullOrWhiteSpace(text))
            return;
        var fence = "```";
        while (text.Contains(fence, StringComparison.Ordinal))
            fence += "`";
        writer.Block($"{fence}\n{text}\n{fence}");
    }

    /// <summary>Emphasis stands right at its words: white space inside it goes outside.</summary>
    private static void Around(string mark, IElement element, Writer writer, int depth)
    {
        var inner = new Writer(writer.Page);
        Children(element, inner, depth);
        var content = inner.ToString();
        if (inner.BeginsWithSpace)
            writer.Text(" ");

        // Where there can be no mark the content stands alone. Not once more through the children: nested so, that would double at each level.
        var isPlain = content.Length == 0 || content.Contains('\n', StringComparison.Ordinal) || content.Contains(mark, StringComparison.Ordinal);
        writer.Raw(isPlain ? content : $"{mark}{content}{mark}");
        if (inner.EndsWithSpace)
            writer.Text(" ");
    }

    private static void Link(IElement element, Writer writer, int depth)
    {
        var inner = new Writer(writer.Page);
        Children(element, inner, depth);
        var label = inner.ToString();
        if (inner.BeginsWithSpace)
            writer.Text(" ");
        if (MailLink.Target(element) is not { } target)
            writer.Raw(label);
        else if (label.Length == 0)
            writer.Raw(element.QuerySelector("img") is null ? "" : $"<{target}>");
        else if (label.Contains('\n', StringComparison.Ordinal))
            writer.Raw($"{label} (<{target}>)");
        else if (MailLink.IsSame(label.Replace("\\", "", StringComparison.Ordinal), target))
            writer.Raw(label);
        else
            writer.Raw($"[{label}]({target})");
        if (inner.EndsWithSpace)
            writer.Text(" ");
    }

    private static void Image(IElement element, Writer writer)
    {
        var alternative = element.GetAttribute("alt")?.Trim() ?? "";
        if (alternative.Length > 0)
            writer.Text($"[{alternative}]");
    }

    private static void List(IElement list, Writer writer, int depth)
    {
        writer.Line();
        var number = int.TryParse(list.GetAttribute("start"), NumberStyles.None, CultureInfo.InvariantCulture, out var first) ? first : 1;
        foreach (var item in list.Children.Where(writer.Page.Shows))
        {
            var mark = list.LocalName == "ol" ? $"{number++}. " : "- ";
            Indented(mark, new string(' ', mark.Length), item, writer, depth);
        }

        writer.Line();
    }

    /// <summary>The element's blocks, the first line begun with one text and the others with another.</summary>
    private static void Indented(string first, string other, IElement element, Writer writer, int depth)
    {
        var inner = new Writer(writer.Page);
        Children(element, inner, depth);
        var content = inner.ToString();
        if (content.Length == 0)
            return;
        var isQuote = first == other;
        if (isQuote)
            writer.Paragraph();
        else
            writer.Line();
        writer.Block(first + string.Join("\n", content.Split('\n').Select((line, i) => i == 0 ? line : (line.Length > 0 || isQuote ? other : "") + line)));
        if (isQuote)
            writer.Paragraph();
        else
            writer.Line();
    }

    /// <summary>Most tables of mail only place things. One of data has a head, or a border, and holds no other table.</summary>
    private static bool IsData(IElement table) =>
        (table.QuerySelector("th") is not null || table.GetAttribute("border") is { } border && border is not ("" or "0"))
        && table.QuerySelector("table") is null
        && table.QuerySelectorAll("tr").Length > 1;

    private static void Table(IElement table, Writer writer, int depth)
    {
        writer.Paragraph();
        if (table.QuerySelector("caption") is { } caption && writer.Page.Shows(caption))
        {
            Children(caption, writer, depth);
            writer.Paragraph();
        }

        var rows = table.QuerySelectorAll("tr").Where(writer.Page.Shows)
            .Select(row => row.Children.Where(cell => cell.LocalName is "td" or "th" && writer.Page.Shows(cell)).Select(Cell).ToList())
            .Where(row => row.Exists(cell => cell.Length > 0))
            .ToList();
        var columns = rows.Select(row => row.Count).DefaultIfEmpty().Max();
        var text = new StringBuilder();
        for (var i = 0; i < rows.Count; i++)
        {
            text.Append("| ").AppendJoin(" | ", rows[i].Concat(Enumerable.Repeat("", columns - rows[i].Count))).Append(" |\n");
            if (i == 0)
                text.Append('|').Insert(text.Length, " --- |", columns).Append('\n');
        }

        writer.Block(text.ToString().TrimEnd());
        writer.Paragraph();

        string Cell(IElement cell)
        {
            var inner = new Writer(writer.Page);
            Children(cell, inner, depth);
            return inner.ToString().ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
        }
    }

    /// <summary>Collapses white space as a browser does, and keeps one empty line between blocks.</summary>
    private sealed class Writer(VisibleHtml page)
    {
        private readonly StringBuilder _text = new();
        private bool _owesSpace;

        /// <summary>Line ends that stand between what is written and what comes.</summary>
        private int _owesLines;

        public VisibleHtml Page => page;

        public bool BeginsWithSpace { get; private set; }

        public bool EndsWithSpace => _owesSpace && _text.Length > 0;

        public void Text(string text)
        {
            foreach (var character in text)
            {
                if (char.IsWhiteSpace(character))
                {
                    BeginsWithSpace |= _text.Length == 0;
                    _owesSpace = true;
                    continue;
                }

                Settle();

                // Characters that would be markup where they stand; the others read better as they are.
                if (character is '*' or '_' or '`' or '[' or ']' or '\\' or '<' || (character is '#' or '>' && IsAtLineStart))
                    _text.Append('\\');
                _text.Append(character);
            }
        }

        public void Raw(string text)
        {
            if (text.Length == 0)
                return;
            Settle();
            _text.Append(text);
        }

        /// <summary>Lines that stay as they are.</summary>
        public void Block(string text) => Raw(text);

        public void Break() => Owe(Math.Min(_owesLines + 1, 2));

        public void Line() => Owe(Math.Max(_owesLines, 1));

        public void Paragraph() => Owe(2);

        public override string ToString() => _text.ToString();

        private bool IsAtLineStart => _text.Length == 0 || _text[^1] == '\n';

        private void Owe(int lines)
        {
            _owesLines = lines;
            _owesSpace = false;
        }

        private void Settle()
        {
            if (_text.Length > 0)
            {
                _text.Append('\n', _owesLines);
                if (_owesLines == 0 && _owesSpace && !IsAtLineStart)
                    _text.Append(' ');
            }

            _owesLines = 0;
            _owesSpace = false;
        }
    }
}
