namespace MailDaemon.Engine.Messages.Styles;

/// <summary>What decides whether an element's text is seen. An element that says nothing of it shares that of its parent.</summary>
internal sealed record ComputedStyle
{
    /// <summary>Nobody reads letters of this size, in pixels.</summary>
    private const double MinFontSize = 3;

    private const double MinOpacity = 0.1;
    private const double MinScale = 0.05;

    /// <summary>Nobody reads through a slit of this height, in pixels.</summary>
    private const double MinLineHeight = 2.5;

    /// <summary>Black on white.</summary>
    public static ComputedStyle Initial { get; } = new();

    /// <summary>The element and all that it holds is not seen.</summary>
    public bool IsCut { get; init; }

    /// <summary>What it holds is not seen but for what is placed outside of the flow.</summary>
    public bool IsFlowCut { get; init; }

    public bool IsVisible { get; init; } = true;

    public double Opacity { get; init; } = 1;

    /// <summary>The smaller of both directions.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>In pixels.</summary>
    public double FontSize { get; init; } = 16;

    /// <summary>In pixels, or as a multiple of the letter size; null for normal.</summary>
    public double? LineHeight { get; init; }

    public double? LineFactor { get; init; }

    /// <summary>In pixels.</summary>
    public double LetterSpacing { get; init; }

    public CssColor Color { get; init; } = CssColor.Black;

    /// <summary>What letters are filled with instead of <see cref="Color"/>.</summary>
    public CssColor? Fill { get; init; }

    /// <summary>Colours of shadows, outlines and clipped backgrounds of the letters.</summary>
    public IReadOnlyList<CssColor> Ink { get; init; } = [];

    /// <summary>What is behind the text, opaque; null when it is a picture.</summary>
    public CssColor? Background { get; init; } = CssColor.White;

    public CssLength Indent { get; init; }

    /// <summary>The indent of the block that the text is in moves it out of sight.</summary>
    public bool IsIndentedOut { get; init; }

    public bool IsNoWrap { get; init; }

    /// <summary>Dots are shown instead of letters.</summary>
    public bool IsMasked { get; init; }

    /// <summary>The block around it is as high as its lines, and what is outside of it is not seen.</summary>
    public bool IsClippedToLines { get; init; }

    /// <summary>Its children are blocks, whatever they are by themselves.</summary>
    public bool LaysOutItems { get; init; }

    public IReadOnlyDictionary<string, string>? Variables { get; init; }

    /// <summary>Whether a picture in it is seen.</summary>
    public bool ShowsBox => !IsCut && !IsFlowCut && IsVisible && Opacity >= MinOpacity && Scale >= MinScale;

    public bool ShowsText => ShowsBox && FontSize * Scale >= MinFontSize && !IsIndentedOut && !IsMasked && LetterSpacing > -0.5 * FontSize
        && !(IsClippedToLines && (LineHeight ?? LineFactor * FontSize ?? FontSize) < MinLineHeight) && IsInkSeen;

    private bool IsInkSeen
    {
        get
        {
            if (IsSeen(Fill ?? Color))
                return true;
            for (var i = 0; i < Ink.Count; i++)
            {
                if (IsSeen(Ink[i]))
                    return true;
            }

            return false;
        }
    }

    private bool IsSeen(CssColor color) =>
        Background is { } background ? (color with { A = color.A * Opacity }).IsSeenOn(background) : color.A * Opacity >= MinOpacity;
}
