namespace MailDaemon.Protocols.Tests.Mime;

/// <summary>Where our rule differs from the corpus on purpose, each with its reason.</summary>
internal static class KnownExceptions
{
    private static readonly (string Name, string[] Facts, string Reason)[] List =
    [
        // RFC 2045 §5.2: a Content-Type that cannot be read is text/plain, so the text is shown; two parsers attach it.
        ("cpython/Lib_test_test_email_data_msg_14", ["text", "attachment_*"], "type without a subtype"),
        ("enmime/testdata_parts_empty-ctype-bad-content", ["text", "attachment_*"], "empty type"),
        ("mailcore-jwz/unittest_data_parser_input_mbox_jwz_134", ["text", "attachment_*"], "X-sun-attachment"),
        ("mailcore-jwz/unittest_data_parser_input_mbox_jwz_135", ["text", "attachment_*"], "X-sun-attachment"),
        ("mailcore-jwz/unittest_data_parser_input_mbox_jwz_29", ["text", "attachment_*"], "X-BE2"),
        ("mimekit/UnitTests_TestData_messages_missing-subtype", ["text", "attachment_*"], "type without a subtype"),
        ("spamassassin/t_data_spam_badctype1", ["text", "attachment_*"], "type without a subtype"),
        // A body that begins without a blank line is shown; two parsers take all up to the next blank line for header.
        ("cpython/Lib_test_test_email_data_msg_38", ["text"], "no blank line"),
        ("cpython/Lib_test_test_email_data_msg_47", ["text"], "no blank line"),
        ("enmime/testdata_parts_multi-malformed", ["text"], "no blank line"),
        ("stalwart/resources_eml_malformed_019", ["text"], "no blank line"),
        ("mailcore/unittest_data_summary_input_gh-965-utf8", ["text"], "the blank line has a space"),
        ("mime4j-mimetools/core_src_test_resources_mimetools-testmsgs_hdr-fakeout", ["text"], "the blank line has a space"),
        ("mime4j/core_src_test_resources_testmsgs_basic-plain-with-bad-header-separator", ["text"], "the blank line has a space"),
        // An embedded message keeps its bytes; two parsers write it anew or cut the mbox line in front of it.
        ("flanker/tests_fixtures_messages_complaints_yahoo", ["attachment_content_lf"], "mbox line in the embedded message"),
        ("mikel-mail/spec_fixtures_emails_attachment_emails_attachment_message_rfc822", ["attachment_content_lf"], "mbox line in the embedded message"),
        ("mikel-mail/spec_fixtures_emails_attachment_emails_attachment_message_rfc822_inline_image", ["attachment_content_lf"], "mbox line in the embedded message"),
        ("mimekit/UnitTests_TestData_messages_multipart-digest", ["attachment_content_lf"], "blanks behind a boundary of the embedded message"),
        // In-Reply-To gives the identifier, not the phrase in front of it (RFC 822 §4.6.2).
        ("mailcore-jwz/unittest_data_parser_input_mbox_jwz_61", ["in_reply_to"], "phrase"),
        ("mailcore-jwz/unittest_data_parser_input_mbox_jwz_88", ["in_reply_to"], "phrase"),
        ("mailcore-jwz/unittest_data_parser_input_mbox_jwz_9", ["in_reply_to"], "phrase"),
        // Charsets: what is known is decoded.
        ("mailcore/unittest_data_summary_input_1433-utf-8", ["text"], "ISO-2022-JP without a charset is read, not left as escapes"),
        ("mailcore/unittest_data_summary_input_1460-no-charset", ["text"], "ISO-2022-JP without a charset is read, not left as escapes"),
        ("mikel-mail/spec_fixtures_emails_error_emails_content_transfer_encoding_7-bit", ["text"], "iso-8859-1 is read as windows-1252"),
        ("php-mmp/tests_mails_issue230", ["text"], "x-mac-cyrillic is a charset of the Encoding Standard"),
        ("mailcore/unittest_data_summary_input_3424-encoding", ["text"], "valid UTF-8 is UTF-8, though its label says windows-1251"),
        // Dates: what cannot be read for certain is no instant; other parsers take UTC.
        ("mailcore-jwz/unittest_data_parser_input_mbox_jwz_28", ["date"], "JST is known"),
        ("mikel-mail/spec_fixtures_emails_error_emails_trademark_character_in_subject", ["date"], "a zone that nobody can read"),
        // Any text is shown when there is neither plain text nor HTML.
        ("mailcore-jwz/unittest_data_parser_input_mbox_jwz_45", ["text", "attachment_*"], "text/enriched"),
        ("mailcore-jwz/unittest_data_parser_input_mbox_jwz_67", ["text", "attachment_*"], "text/richtext"),
        ("stalwart/resources_eml_thirdparty_012", ["text", "attachment_*"], "text/x-myown"),
        // Others.
        ("mailcore-jwz/unittest_data_parser_input_mbox_jwz_35", ["attachment_content*"], "x-uue is decoded"),
        ("mailcore-jwz/unittest_data_parser_input_mbox_jwz_99", ["from"], "a comment is the name of an address without an @ too"),
        ("mailcore/unittest_data_parser_input_mbox_simple_3", ["text", "attachment_*"], "an empty boundary is none (RFC 2046 §5.1.1)"),
        ("mime4j-mimetools/core_src_test_resources_mimetools-testmsgs_multi-2evil", ["attachment_filenames"], "backslashes of a path stay"),
        ("mimekit/UnitTests_TestData_messages_feedback-report", ["from"], "a byte order mark in front of the first field is passed over"),
        ("staktrace/tests_files_nested", ["text", "attachment_*"], "nested deeper than the limit of 64"),
    ];

    /// <summary>Where a tag of the corpus says that rules differ.</summary>
    private static readonly (string Tag, string[] Facts, string Reason)[] ByTag =
    [
        ("named-inline-text", ["text", "has_html", "attachment_*"], "a named text beside the body is a file here"),
        ("boundary-never-used", ["text"], "of a multipart without parts the body is shown, since there is nothing else"),
        ("py:StartBoundaryNotFoundDefect", ["text"], "the same"),
        ("py:NoBoundaryInMultipartDefect", ["text"], "the same"),
    ];

    public static bool Has(string name, string fact, IReadOnlySet<string> tags) =>
        ByTag.Any(each => tags.Contains(each.Tag) && Matches(each.Facts, fact)) || List.Any(each => each.Name == name && Matches(each.Facts, fact));

    private static bool Matches(string[] patterns, string fact) => patterns.Any(pattern =>
        pattern.EndsWith('*') ? fact.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == fact);
}
