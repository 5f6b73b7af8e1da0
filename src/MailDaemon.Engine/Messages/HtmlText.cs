using System.Text;
using AngleSharp.Dom;

namespace MailDaemon.Engine.Messages;

/// <summary>The plain text of an HTML mail: what a reader would see, block by block.</summary>
public static class HtmlText
{
    /// <summary>Elements deeper than this are left out; real mail nests tables some dozens deep.</summary>
    private const int MaxDepth = 512;

    /// <summary>Renders HTML to text. Never throws; scripts, styles and hidden elements are left out.</summary>
    public static string Render(string html)
    {
        var document = MailHtml.Parse(html);
        var text = new TextBuilder();
        Walk(document.Body, text);
        return text.ToString();
    }

    private static void Walk(INode? root, TextBuilder text)
    {
        // An explicit stack: the depth is the sender's choice. A null node marks the end of a block.
        var stack = new Stack<(INode? Node, int Depth, bool Pre)>();
        stack.Push((root, 0, false));
        while (stack.TryPop(out var entry))
        {
            var (node, depth, pre) = entry;
            switch (node)
            {
                case null:
                    text.Block();
                    break;
                case IText content:
                    text.Append(content.Data, pre);
                    break;
                case IElement element when depth < MaxDepth && !IsHidden(element):
                    Enter(element, depth, pre, text, stack);
                    break;
                default:
                    break;
            }
        }
    }

    private static void Enter(IElement element, int depth, bool pre, TextBuilder text, Stack<(INode?, int, bool)> stack)
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
            stack.Push((null, depth, false));
        }

        for (var i = element.ChildNodes.Length - 1; i >= 0; i--)
        {
            stack.Push((element.ChildNodes[i], depth + 1, pre || element.LocalName == "pre"));
        }
    }

    /// <summary>Whether a reader would not see the element.</summary>
    internal static bool IsHidden(IElement element) =>
        element.LocalName is "script" or "style" or "head" or "title" or "template" or "noscript" or "object" or "svg"
        || element.HasAttribute("hidden")
        || (element.GetAttribute("style") is { } style && HiddenStyle.IsHidden(style));

    private static bool IsBlock(string name) => name is
        "address" or "article" or "aside" or "blockquote" or "center" or "dd" or "div" or "dl" or "dt" or "fieldset" or "figure" or "footer"
        or "form" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "header" or "main" or "nav" or "ol" or "p" or "pre" or "section"
        or "table" or "tr" or "ul";

    /// <summary>Collapses white space as a browser does, but for that of <c>pre</c>, and keeps at most one empty line.</summary>
    private sealed class TextBuilder
    {
        private readonly StringBuilder text = new();
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
