namespace MailDaemon.Sandbox.Graph.Mailboxes;

/// <content>The master list of categories.</content>
public sealed partial class GraphMailbox
{
    /// <summary>Those that a new mailbox has.</summary>
    private readonly List<GraphCategory> categories =
        [.. new[] { "Red", "Orange", "Yellow", "Green", "Blue", "Purple" }.Zip([0, 1, 3, 4, 7, 8], (name, preset) => new GraphCategory(Guid.NewGuid().ToString(), $"{name} category", $"preset{preset}"))];

    public IReadOnlyList<GraphCategory> Categories
    {
        get
        {
            using var gate = user.Gate.EnterScope();
            return [.. categories];
        }
    }

    /// <exception cref="GraphException">There is one of the same name, or the colour is none.</exception>
    public GraphCategory CreateCategory(string displayName, string color = "none")
    {
        using var gate = user.Gate.EnterScope();
        if (displayName.Trim().Length is 0 or > 255 || displayName.Contains(',', StringComparison.Ordinal))
        {
            throw GraphException.InvalidRequest("The category name is invalid.");
        }

        if (categories.Exists(category => category.DisplayName.Equals(displayName, StringComparison.OrdinalIgnoreCase)))
        {
            throw new GraphException(409, "CategoryNameDuplicate", "The category name already exists in the master category list.");
        }

        var created = new GraphCategory(Guid.NewGuid().ToString(), displayName, Valid(color));
        categories.Add(created);
        return created;
    }

    /// <exception cref="GraphException">There is none, or the colour is none.</exception>
    public GraphCategory RecolorCategory(string id, string color)
    {
        using var gate = user.Gate.EnterScope();
        var index = IndexOfCategory(id);
        return categories[index] = categories[index] with { Color = Valid(color) };
    }

    /// <summary>Takes a category from the list; the messages keep its name.</summary>
    /// <exception cref="GraphException">There is none.</exception>
    public void DeleteCategory(string id)
    {
        using var gate = user.Gate.EnterScope();
        categories.RemoveAt(IndexOfCategory(id));
    }

    internal GraphCategory Category(string id)
    {
        using var gate = user.Gate.EnterScope();
        return categories[IndexOfCategory(id)];
    }

    private int IndexOfCategory(string id) =>
        categories.FindIndex(category => category.Id.Equals(id, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index ? index : throw GraphException.NotFound();

    private static string Valid(string color) =>
        color == "none" || (color.StartsWith("preset", StringComparison.Ordinal) && int.TryParse(color.AsSpan(6), System.Globalization.NumberStyles.None, null, out var preset) && preset <= 24)
            ? color
            : throw GraphException.BadBody($"Requested value '{color}' was not found.");
}
