using AngleSharp.Css.Parser;
using AngleSharp.Dom;

namespace MailDaemon.Engine.Messages.Styles;

/// <summary>The sheets of one mail: which declarations an element has, the weakest first (CSS Cascade Level 5 §6).</summary>
internal sealed class MailStyles
{
    private const int MaxSelectors = 20_000;

    /// <summary>Steps of matching for one mail; beyond it sheets are not looked at. Newsletters take some ten thousand.</summary>
    private const int MaxSteps = 4_000_000;

    private readonly Dictionary<string, List<Entry>> _byKey = new(StringComparer.Ordinal);
    private readonly List<Entry> _matched = [];
    private int _steps = MaxSteps;

    private MailStyles()
    {
    }

    public static MailStyles Of(IDocument document)
    {
        var styles = new MailStyles();
        CssSelectorParser? parser = null;
        var order = 0;
        foreach (var sheet in document.GetElementsByTagName("style"))
        {
            if (sheet.GetAttribute("type") is { Length: > 0 } type && !type.Trim().Equals("text/css", StringComparison.OrdinalIgnoreCase))
                continue;
            if (sheet.GetAttribute("media") is { } media && !CssMedia.Applies(media))
                continue;
            foreach (var rule in CssSheet.Read(sheet.TextContent))
            {
                foreach (var text in CssText.Split(rule.Selectors, ","))
                {
                    if (order < MaxSelectors && CssSelector.Read(text, parser ??= new CssSelectorParser()) is { } selector)
                        styles.Add(new Entry(selector, rule, order++));
                }
            }
        }

        return styles;
    }

    /// <summary>Adds an element's declarations in the order in which later ones win.</summary>
    public void Collect(IElement element, List<CssDeclaration> declarations)
    {
        var inline = element.GetAttribute("style") is { Length: > 0 } style ? CssDeclaration.Read(style) : null;
        if (_byKey.Count > 0)
            Match(element);
        if (_matched.Count == 0)
        {
            if (inline is null)
                return;
            Add(inline, isImportant: false, declarations);
            Add(inline, isImportant: true, declarations);
            return;
        }

        _matched.Sort(Entry.Compare);
        foreach (var entry in _matched)
            Add(entry.Rule.Declarations, isImportant: false, declarations);
        Add(inline, isImportant: false, declarations);
        foreach (var entry in _matched)
            Add(entry.Rule.Declarations, isImportant: true, declarations);
        Add(inline, isImportant: true, declarations);
        _matched.Clear();
    }

    private void Match(IElement element)
    {
        Match(element, "");
        Match(element, element.LocalName);
        if (element.Id is { Length: > 0 } id)
            Match(element, "#" + id);
        foreach (var name in element.ClassList)
            Match(element, "." + name);
    }

    private void Match(IElement element, string key)
    {
        if (!_byKey.TryGetValue(key, out var entries))
            return;
        foreach (var entry in entries)
        {
            if (_steps > 0 && entry.Selector.Matches(element, ref _steps))
                _matched.Add(entry);
        }
    }

    private static void Add(IReadOnlyList<CssDeclaration>? from, bool isImportant, List<CssDeclaration> to)
    {
        for (var i = 0; i < from?.Count; i++)
        {
            if (from[i].IsImportant == isImportant)
                to.Add(from[i]);
        }
    }

    private void Add(Entry entry)
    {
        if (!_byKey.TryGetValue(entry.Selector.Key, out var entries))
            _byKey[entry.Selector.Key] = entries = [];
        entries.Add(entry);
    }

    private sealed record Entry(CssSelector Selector, CssRule Rule, int Order)
    {
        public static int Compare(Entry left, Entry right)
        {
            if (left.Rule.IsLayered != right.Rule.IsLayered)
                return left.Rule.IsLayered ? -1 : 1;
            var bySpecificity = left.Selector.Specificity.CompareTo(right.Selector.Specificity);
            return bySpecificity != 0 ? bySpecificity : left.Order.CompareTo(right.Order);
        }
    }
}
