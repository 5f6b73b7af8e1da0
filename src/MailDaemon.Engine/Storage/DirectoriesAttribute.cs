using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Engine.Storage;

/// <summary>Directories, absolute or below <c>~</c>. One that is not there yet is made when it is needed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DirectoriesAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        foreach (var path in value as IEnumerable<string> ?? [])
        {
            var isAbsolute = Path.IsPathFullyQualified(path) || path is "~" || path.StartsWith("~/", StringComparison.Ordinal);
            if (!isAbsolute)
                return new ValidationResult($"names {path}, which is not an absolute path", [validationContext.MemberName ?? ""]);
            if (File.Exists(UserPath.Expand(path)))
                return new ValidationResult($"names {path}, which is a file and not a directory", [validationContext.MemberName ?? ""]);
        }

        return ValidationResult.Success;
    }
}
