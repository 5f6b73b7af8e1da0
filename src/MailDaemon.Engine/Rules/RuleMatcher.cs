using System.Globalization;
using System.Text.RegularExpressions;

namespace MailDaemon.Engine.Rules;

/// <summary>Whether a rule matches a message.</summary>
internal enum RuleVerdict
{
    No,
    Yes,

    /// <summary>It hangs on the message's header, which was not read.</summary>
    NeedsHeaders,
}

/// <summary>How one condition was judged.</summary>
/// <param name="Actual">What the message has there, in short.</param>
public sealed record ConditionResult(RuleCondition Condition, bool IsMatched, string Actual);

/// <summary>Judges messages by one rule. Pure; made once a rule, because its texts and expressions are made ready.</summary>
internal sealed class RuleMatcher
{
    private readonly Condition[] _conditions;

    /// <param name="rule">As <see cref="RuleCheck"/> gave it.</param>
    public RuleMatcher(Rule rule)
    {
        Rule = rule;
        _conditions = [.. rule.Conditions.Select(condition => new Condition(condition)).OrderBy(condition => condition.NeedsHeaders)];
    }

    public Rule Rule { get; }

    public RuleVerdict Judge(RuleSubject subject)
    {
        // An empty rule matches all; else the first condition that decides ends it, and headers are looked at last.
        foreach (var condition in _conditions)
        {
            if (condition.NeedsHeaders && !subject.HasHeaders)
                return RuleVerdict.NeedsHeaders;
            if (condition.IsMatch(subject) == Rule.IsAny)
                return Rule.IsAny ? RuleVerdict.Yes : RuleVerdict.No;
        }

        return _conditions.Length == 0 || !Rule.IsAny ? RuleVerdict.Yes : RuleVerdict.No;
    }

    public bool AnyNeedsHeaders => Array.Exists(_conditions, condition => condition.NeedsHeaders);

    /// <summary>Whether the rule says itself which folders it is for.</summary>
    public bool NamesFolder => Array.Exists(_conditions, condition => condition.Asked.Field == "folder");

    /// <summary>Each condition as the rule has them in order.</summary>
    public IReadOnlyList<ConditionResult> Explain(RuleSubject subject) =>
        [.. Rule.Conditions.Select(asked => Array.Find(_conditions, condition => ReferenceEquals(condition.Asked, asked))!)
            .Select(condition => new ConditionResult(condition.Asked, condition.IsMatch(subject), condition.Actual(subject)))];

    private sealed class Condition
    {
        private const int MostShown = 200;
        private readonly FieldKind _kind;
        private readonly bool _isNegated;
        private readonly string _operator;
        private readonly string _folded;
        private readonly string _domain;
        private readonly bool _isAddress;
        private readonly Regex? _regex;
        private readonly long _number;

        public Condition(RuleCondition asked)
        {
            Asked = asked;
            _kind = RuleWords.KindOf(asked.Field)!.Value;
            _isNegated = asked.Operator.StartsWith("not_", StringComparison.Ordinal);
            _operator = _isNegated ? asked.Operator["not_".Length..] : asked.Operator;

            // Whoever writes an address means that: a display name that holds it, or other letters in its place, is a trick.
            _isAddress = _kind == FieldKind.Addresses && asked.Value.Contains('@', StringComparison.Ordinal);
            _folded = _isAddress ? RuleText.FoldCase(Address(asked.Value)) : RuleText.Fold(asked.Value);
            _domain = _operator == "in_domain" ? RuleText.Domain(asked.Value) : "";
            _regex = _operator == "matches_regex" ? RuleRegex.Create(asked.Value) : null;
            _number = _kind == FieldKind.Number ? RuleCheck.Size(asked.Value)!.Value : 0;
        }

        public RuleCondition Asked { get; }

        public bool NeedsHeaders => Asked.Field.StartsWith(RuleWords.HeaderPrefix, StringComparison.Ordinal);

        public bool IsMatch(RuleSubject subject) => _isNegated != (_kind switch
        {
            FieldKind.Flag => subject.Message.HasAttachments == (_operator == "is_true"),
            FieldKind.Number => Compare(subject.Message.Size),
            _ => Text(subject),
        });

        public string Actual(RuleSubject subject)
        {
            var actual = _kind switch
            {
                FieldKind.Flag => subject.Message.HasAttachments ? "true" : "false",
                FieldKind.Number => subject.Message.Size.ToString(CultureInfo.InvariantCulture),
                _ => string.Join("; ", subject.Values(Asked.Field).Plain.Take(_kind == FieldKind.Addresses ? 9 : 5).Distinct(StringComparer.Ordinal)),
            };
            return Messages.TextCut.At(actual, MostShown);
        }

        private bool Compare(long size) => _operator switch
        {
            "greater_than" => size > _number,
            "less_than" => size < _number,
            _ => size == _number,
        };

        private bool Text(RuleSubject subject)
        {
            if (_operator == "in_domain")
                return subject.Domains(Asked.Field).Any(domain => domain == _domain || domain.EndsWith("." + _domain, StringComparison.Ordinal));
            if (_isAddress)
                return Array.Exists(subject.AddressesOf(Asked.Field), address => _regex is not null ? RuleRegex.IsMatch(_regex, address) : Fits(address));
            var values = subject.Values(Asked.Field);
            return _regex is not null
                ? Array.Exists(values.Plain, value => RuleRegex.IsMatch(_regex, value))
                : Array.Exists(values.Folded, Fits);
        }

        /// <summary>Also of the form <c>Name &lt;address&gt;</c>.</summary>
        private static string Address(string value) =>
            value.EndsWith('>') && Messages.EmailAddress.TryParseList(value) is [{ } address] ? address.Address : value;

        private bool Fits(string value) => _operator switch
        {
            "contains" => value.Contains(_folded, StringComparison.Ordinal),
            "equals" => value == _folded,
            "starts_with" => value.StartsWith(_folded, StringComparison.Ordinal),
            _ => value.EndsWith(_folded, StringComparison.Ordinal),
        };
    }
}
