using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// <c>search.db</c>: which words stand where, and how far the rows of <c>index.db</c> are in it. The text itself is not kept
/// (<c>content=''</c>) and nothing is ever taken out: what is found is looked up among the live rows.
/// </summary>
internal static class SearchSchema
{
    // SearchText splits, folds and joins; of the tokenizer only the splitting at spaces is used. pgsz: a leaf fills a page of the file.
    // hashsize: a batch goes to the disk in one piece. rank: words of the subject and of people weigh more than those of a long text.
    private const string First =
        """
        create virtual table documents using fts5 (subject, body, sender, recipients, attachments, content = '', tokenize = 'ascii');
        insert into documents (documents, rank) values ('pgsz', 4050);
        insert into documents (documents, rank) values ('hashsize', 16777216);
        insert into documents (documents, rank) values ('automerge', 8);
        insert into documents (documents, rank) values ('crisismerge', 32);
        insert into documents (documents, rank) values ('rank', 'bm25(8.0, 1.0, 4.0, 2.0, 2.0)');

        create table progress (
            id        integer primary key check (id = 1),
            origin    blob not null,
            watermark integer not null,
            documents integer not null
        );
        insert into progress (id, origin, watermark, documents) values (1, x'', 0, 0);
        """;

    public static SqliteSchema Current { get; } = new("search.db", [First], IsDurable: false, IsRebuildable: true);
}
