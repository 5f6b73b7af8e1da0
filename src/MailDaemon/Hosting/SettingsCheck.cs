using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace MailDaemon.Hosting;

/// <summary>Finds keys nobody reads and values that do not fit, before anything is started.</summary>
internal static class SettingsCheck
{
    /// <summary>One line for each problem, beginning with its key; empty when all is well.</summary>
    public static IReadOnlyList<string> Problems(IConfiguration configuration)
    {
        var problems = new List<string>();
        foreach (var section in configuration.GetChildren())
        {
            if (string.Equals(section.Key, SettingsSection.Logging, StringComparison.OrdinalIgnoreCase))
                continue;

            var known = SettingsSection.All.FirstOrDefault(s => string.Equals(s.Name, section.Key, StringComparison.OrdinalIgnoreCase));
            if (known is null)
                problems.Add($"{section.Key} is not a section; there are {string.Join(", ", SettingsSection.All.Select(s => s.Name))}, {SettingsSection.Logging}");
            else
                CheckObject(section, known.Type, problems);
        }

        return problems;
    }

    private static void CheckObject(IConfigurationSection section, Type type, List<string> problems)
    {
        if (section.Value is { Length: > 0 })
        {
            problems.Add($"{section.Path} has keys of its own, not a value");
            return;
        }

        var before = problems.Count;
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);
        var entry = DictionaryEntryOf(type);
        foreach (var child in section.GetChildren())
        {
            if (entry is not null)
                CheckObject(child, entry, problems);
            else if (Array.Find(properties, p => string.Equals(p.Name, child.Key, StringComparison.OrdinalIgnoreCase)) is { } property)
                CheckValue(child, property.PropertyType, problems);
            else
                problems.Add($"{child.Path} is not a setting; {section.Path} has {string.Join(", ", properties.Select(p => p.Name))}");
        }

        if (problems.Count == before && entry is null)
            CheckRules(section, section.Get(type) ?? Activator.CreateInstance(type)!, problems);
    }

    private static void CheckValue(IConfigurationSection section, Type type, List<string> problems)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain != typeof(string) && typeof(IEnumerable).IsAssignableFrom(plain))
        {
            if (section.Value is { Length: > 0 } || section.GetChildren().Any(c => !int.TryParse(c.Key, out _)))
                problems.Add($"{section.Path} has to be a list");
        }
        else if (plain != typeof(string) && !plain.IsPrimitive)
        {
            CheckObject(section, plain, problems);
        }
        else if (section.GetChildren().Any())
        {
            problems.Add($"{section.Path} has to be a single value");
        }
        else if (section.Value is { } value && !IsValid(plain, value))
        {
            problems.Add($"{section.Path} has to be {(plain == typeof(bool) ? "true or false" : "a number in its range")}, not \"{value}\"");
        }
    }

    private static bool IsValid(Type type, string value)
    {
        try
        {
            _ = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException)
        {
            return false;
        }
    }

    private static void CheckRules(IConfigurationSection section, object options, List<string> problems)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        foreach (var result in results)
        {
            var key = result.MemberNames.FirstOrDefault();
            problems.Add($"{section.Path}:{key} {Words(result.ErrorMessage, key)}");
        }
    }

    private static string Words(string? message, string? key) => (message ?? "is wrong")
        .Replace($"The field {key} ", "", StringComparison.Ordinal)
        .Replace($"The {key} field ", "", StringComparison.Ordinal)
        .TrimEnd('.');

    private static Type? DictionaryEntryOf(Type type)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (t.IsGenericType && t.GetGenericTypeDefinition() == typeof(Dictionary<,>))
                return t.GetGenericArguments()[1];
        }

        return null;
    }
}
