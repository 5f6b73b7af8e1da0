using System.Text;
using AngleSharp.Dom;
using MailDaemon.Engine.Messages.Styles;

namespace MailDaemon.Engine.Messages;

/// <summary>
/// The HTML of a mail with what of it a person sees who opens the mail and does nothing more: the one notion of it for text, Markdown and agents.
/// </summary>
internal sealed class VisibleHtml
{
    private readonly HashSet<INode> _hidden = [];

    private VisibleHtml(IElement? body) => Body = body;

    /// <summary>Null when there is nothing to read.</summary>
    public IElement? Body { get; }

    /// <summary>How many characters are not seen, white space and what is no text at all, as scripts, not counted.</summary>
    public int HiddenCharacters { get; private set; }

    public static VisibleHtml Parse(string html)
    {
        var document = MailHtml.Parse(html);
        var page = new VisibleHtml(document.Body);
        if (document.DocumentElement is { } root)
            page.Look(root, new Cascade(document));
        return page;
    }

    public bool Shows(INode node) => !_hidden.Contains(node);

    /// <summary>Leaves out what is not wanted: it shows no more.</summary>
    public void LeaveOut(INode node) => _hidden.Add(node);

    /// <summary>An element's text that is seen, white space as it stands.</summary>
    public string TextOf(INode element)
    {
        var text = new StringBuilder();
        var stack = new Stack<INode>([element]);
        while (stack.TryPop(out var node))
        {
            if (!Shows(node))
                continue;
            if (node is IText content)
                text.Append(content.Data);
            else if (node is IElement { LocalName: "br" })
                text.Append('\n');
            Push(node, stack);
        }

        return text.ToString();
    }

    /// <summary>Goes over the tree without recursion: its depth is the sender's choice.</summary>
    private void Look(IElement root, Cascade cascade)
    {
        var stack = new Stack<(INode Node, ComputedStyle Around)>();
        stack.Push((root, ComputedStyle.Initial));
        while (stack.TryPop(out var entry))
        {
            switch (entry.Node)
            {
                case IText text when !entry.Around.ShowsText && !string.IsNullOrWhiteSpace(text.Data):
                    Hide(text, Letters(text.Data));
                    break;
                case IElement element when element.LocalName is "head" or "script" or "style" or "title" or "template" or "meta" or "link" or "base":
                    _hidden.Add(element);
                    break;
                case IElement element when IsNeverSeen(element) || IsClosed(element):
                    Hide(element, LettersIn(element));
                    break;
                case IElement element:
                    var style = cascade.Of(element, entry.Around);
                    if (style.IsCut || (element.LocalName == "img" && (!style.ShowsBox || IsDot(element))))
                    {
                        Hide(element, LettersIn(element));
                        break;
                    }

                    for (var i = element.ChildNodes.Length - 1; i >= 0; i--)
                        stack.Push((element.ChildNodes[i], style));
                    break;
            }
        }
    }

    private void Hide(INode node, int letters)
    {
        _hidden.Add(node);
        HiddenCharacters += letters;
    }

    /// <summary>What stands in these is for programs that lack something, or is shown by none that shows mail.</summary>
    private static bool IsNeverSeen(IElement element) => element.LocalName is
        "noscript" or "object" or "applet" or "svg" or "iframe" or "frameset" or "noframes" or "noembed" or "audio" or "video" or "canvas" or "datalist" or "meter" or "progress" or "annotation" or "annotation-xml";

    /// <summary>What shows only after a click: all but the summary of closed details, all but one of a list to choose from.</summary>
    private static bool IsClosed(IElement element) => element.ParentElement switch
    {
        { LocalName: "details" } details when !details.HasAttribute("open") => element.LocalName != "summary" || details.Children.FirstOrDefault(child => child.LocalName == "summary") != element,
        { LocalName: "select" or "optgroup" } when element.LocalName == "option" => IsUnselected(element),
        _ => false,
    };

    private static bool IsUnselected(IElement option)
    {
        var list = option.ParentElement is { LocalName: "optgroup" } group ? group.ParentElement : option.ParentElement;
        if (list is null || list.HasAttribute("multiple") || list.HasAttribute("size"))
            return false;
        return (list.QuerySelector("option[selected]") ?? list.QuerySelector("option")) != option;
    }

    /// <summary>A picture that only counts readers.</summary>
    private static bool IsDot(IElement image) => image.GetAttribute("width")?.Trim() is "0" or "1" or "0px" or "1px" || image.GetAttribute("height")?.Trim() is "0" or "1" or "0px" or "1px";

    private static int LettersIn(IElement element)
    {
        var letters = 0;
        var stack = new Stack<INode>([element]);
        while (stack.TryPop(out var node))
        {
            letters += node switch
            {
                IText text => Letters(text.Data),
                IElement { LocalName: "img" } image => Letters(image.GetAttribute("alt") ?? ""),
                _ => 0,
            };
            if (node is not IElement { LocalName: "script" or "style" })
                Push(node, stack);
        }

        return letters;
    }

    private static int Letters(string text)
    {
        var letters = 0;
        foreach (var character in text)
            letters += char.IsWhiteSpace(character) ? 0 : 1;
        return letters;
    }

    /// <summary>By number: asked for its sibling, a node looks for itself among all of them.</summary>
    internal static void Push(INode node, Stack<INode> stack)
    {
        for (var i = node.ChildNodes.Length - 1; i >= 0; i--)
            stack.Push(node.ChildNodes[i]);
    }
}
