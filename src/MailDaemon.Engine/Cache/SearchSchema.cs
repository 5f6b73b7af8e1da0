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

    // The text is the first column: places in any other are written with its number. Row ids lie close together in time, for they are
    // written as the distance from one to the next; the number of the message's row is beside them.
    private const string Smaller =
        """
        drop table documents;
        create virtual table documents using fts5 (body, subject, sender, recipients, attachments, content = '', tokenize = 'ascii');
        insert into documents (documents, rank) values ('pgsz', 4050);
        insert into documents (documents, rank) values ('hashsize', 16777216);
        insert into documents (documents, rank) values ('automerge', 8);
        insert into documents (documents, rank) values ('crisismerge', 32);
        insert into documents (documents, rank) values ('rank', 'bm25(1.0, 8.0, 4.0, 2.0, 2.0)');

        create table numbers (
            row_id integer primary key,
            number integer not null
        );

        alter table progress add column late integer not null default 0;
        update progress set origin = x'', watermark = 0, documents = 0;
        """;

    // The words are folded otherwise than before (accents, simplified characters, torn lines): it is filled again from the first row on.
    private const string Folded =
        """
        insert into documents (documents) values ('delete-all');
        delete from numbers;
        update progress set origin = x'', watermark = 0, documents = 0, late = 0;
        """;

    public static SqliteSchema Current { get; } = new("search.db", [First, Smaller, Folded], IsDurable: false, IsRebuildable: true) { MayShrink = true };
}
