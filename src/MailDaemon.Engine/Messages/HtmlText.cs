using System.Text;
using AngleSharp.Dom;

namespace MailDaemon.Engine.Messages;

/// <summary>The plain text of an HTML mail: what a reader would see, block by block, and where its links lead.</summary>
public static class HtmlText
{
    /// <summary>Elements deeper than this are left out; real mail nests tables some dozens deep.</summary>
    private const int MaxDepth = 512;

    /// <summary>Renders HTML to clean text. Never throws.</summary>
    public static string Render(string html) => Read(html).Text;

    /// <summary>As <see cref="Render"/>, with how many characters a reader would not see.</summary>
    /// <param name="keep">Takes out of the tree what is not wanted; null for nothing.</param>
    internal static (string Text, int HiddenCharacters) Read(string html, Action<VisibleHtml>? keep = null)
    {
        var page = VisibleHtml.Parse(html);
        keep?.Invoke(page);
        var text = new TextBuilder();
        Walk(page, text);
        var written = text.ToString();
        var clean = CleanText.Of(written);
        return (clean, page.HiddenCharacters + written.Length - clean.Length);
    }

    /// <summary>How many characters of HTML a reader would not see; 0 when it cannot be read.</summary>
    internal static int Hidden(string html) => MailHtml.Guarded(() => Read(html).HiddenCharacters, 0);

    private static void Walk(VisibleHtml page, TextBuilder text)
    {
        // An explicit stack: the depth is the sender's choice.
        var stack = new Stack<Step>();
        stack.Push(new Step(page.Body, 0, false));
        while (stack.TryPop(out var step))
        {
            switch (step.Node)
            {
                case null:
                    text.Block();
                    break;
                case IElement link when step.IsEnd:
                    text.LinkEnd(link);
                    break;
                case var hidden when !page.Shows(hidden):
                    break;
                case IText content:
                    text.Append(content.Data, step.IsPre);
                    break;
                case IElement element when step.Depth < MaxDepth:
                    Enter(element, step, text, stack);
                    break;
                default:
                    break;
            }
        }
    }

    private static void Enter(IElement element, Step step, TextBuilder text, Stack<Step> stack)
    {
        switch (element.LocalName)
        {
            case "br":
                text.Line();
                return;
            case "hr":
                text.Block();
                return;
            case "img":
                text.Append(element.GetAttribute("alt") ?? "", pre: false);
                return;
            case "a" when MailLink.Target(element) is not null:
                text.LinkStart(element);
                stack.Push(step with { Node = element, IsEnd = true });
                break;
            case "td" or "th":
                text.Append(" ", pre: false);
                break;
            case "li":
                text.Block();
                text.Append("- ", pre: false);
                break;
            default:
                break;
        }

        var isBlock = IsBlock(element.LocalName);
        if (isBlock)
        {
            text.Block();
            stack.Push(new Step(null, step.Depth, false));
        }

        for (var i = element.ChildNodes.Length - 1; i >= 0; i--)
            stack.Push(new Step(element.ChildNodes[i], step.Depth + 1, step.IsPre || element.LocalName == "pre"));
    }

    /// <param name="Node">Null: the end of a block.</param>
    private readonly record struct Step(INode? Node, int Depth, bool IsPre, bool IsEnd = false);

    private static bool IsBlock(string name) => name is
        "address" or "article" or "aside" or "blockquote" or "center" or "dd" or "details" or "div" or "dl" or "dt" or "fieldset" or "figure" or "footer"
        or "form" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "header" or "main" or "nav" or "ol" or "p" or "pre" or "section"
        or "summary" or "table" or "tr" or "ul";

    /// <summary>Collapses white space as a browser does, but for that of <c>pre</c>, and keeps at most one empty line.</summary>
    private sealed class TextBuilder
    {
        private readonly StringBuilder text = new();
        private readonly Stack<int> links = new();
        private int newlines = 2;
        private bool space;

        public void Append(string value, bool pre)
        {
            foreach (var c in value)
            {
                if (c == '\n' && pre)
                {
                    Line();
                }
                else if (c is ' ' or '\t' && pre)
                {
                    text.Append(c);
                    newlines = 0;
                }
                else if (char.IsWhiteSpace(c))
                {
                    space = true;
                }
                else
                {
                    if (space && newlines == 0)
                    {
                        text.Append(' ');
                    }

                    space = false;
                    newlines = 0;
                    text.Append(c);
                }
            }
        }

        public void LinkStart(IElement link) => links.Push(text.Length);

        /// <summary>Puts the address behind what the link says, unless that is the address.</summary>
        public void LinkEnd(IElement link)
        {
            var start = Math.Min(links.Pop(), text.Length);
            var label = text.ToString(start, text.Length - start).Trim();
            var target = MailLink.Target(link)!;
            if (label.Length > 0 ? MailLink.IsSame(label, target) : link.QuerySelector("img") is null)
                return;
            Append(label.Length > 0 ? $" ({target})" : target, pre: false);
        }

        public void Line()
        {
            space = false;
            if (newlines < 2)
            {
                text.Append('\n');
                newlines++;
            }
        }

        public void Block()
        {
            space = false;
            if (newlines == 0)
            {
                Line();
            }
        }

        public override string ToString() => text.ToString().TrimEnd();
    }
}
