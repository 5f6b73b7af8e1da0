namespace MailDaemon.Engine.Storage;

/// <summary>
/// A step of <see cref="StoreSchema"/>. Texts that rules and agents send were HTML where they had one of these tags; from now on their
/// type stands beside them. What is stored keeps what it meant, and a run that failed keeps it, too, for it can be planned again.
/// </summary>
internal static class AnswerTypes
{
    public const string Script =
        """
        create temp table answers as
            select json_extract(action.value, '$.value') as text from rules, json_each(rules.definition, '$.actions') as action
                where json_extract(action.value, '$.type') = 'auto_reply'
            union select json_extract(action, '$.value') from rule_runs where json_extract(action, '$.type') = 'auto_reply'
            union select json_extract(action.value, '$.value') from agent_tasks, json_each(agent_tasks.actions) as action
                where agent_tasks.actions is not null and json_extract(action.value, '$.type') = 'reply';

        create temp table html_answers as
            with recursive
                names (name) as (values ('p'), ('div'), ('br'), ('b'), ('i'), ('u'), ('a'), ('html'), ('body'), ('table'), ('span'), ('h1'), ('h2'),
                    ('h3'), ('h4'), ('h5'), ('h6'), ('ul'), ('ol'), ('li'), ('strong'), ('em'), ('font'), ('img')),
                -- What stands behind each '<'.
                rests (text, rest) as (
                    select text, substr(text, instr(text, '<') + 1) from answers where instr(text, '<') > 0
                    union all
                    select text, substr(rest, instr(rest, '<') + 1) from rests where instr(rest, '<') > 0),
                -- Up to the '>', when no other '<' is before it.
                tags (text, tag) as (
                    select text, lower(substr(rest, 1, instr(rest, '>') - 1)) from rests
                    where instr(rest, '>') > 0 and (instr(rest, '<') = 0 or instr(rest, '<') > instr(rest, '>')))
            select distinct text from tags, names
            where tag in (name, name || '/') or tag glob name || '[' || char(9, 10, 11, 12, 13, 32, 160, 12288) || ']*';

        update rules set definition = json_set(definition, '$.actions', json((
            select json_group_array(json(case json_extract(value, '$.type')
                when 'auto_reply' then json_set(value, '$.contentType', case when json_extract(value, '$.value') in html_answers then 'html' else 'text' end)
                else value end))
            from (select value from json_each(definition, '$.actions') order by key))))
        where exists (select 1 from json_each(definition, '$.actions') as action where json_extract(action.value, '$.type') = 'auto_reply');

        update rule_runs set action = json_set(action, '$.contentType', case when json_extract(action, '$.value') in html_answers then 'html' else 'text' end)
        where json_extract(action, '$.type') = 'auto_reply';

        update agent_tasks set actions = (
            select json_group_array(json(case json_extract(value, '$.type')
                when 'reply' then json_set(value, '$.contentType', case when json_extract(value, '$.value') in html_answers then 'html' else 'text' end)
                when 'create_draft' then json_set(value, '$.contentType', 'text')
                else value end))
            from (select value from json_each(actions) order by key))
        where actions is not null;

        drop table html_answers;
        drop table answers;
        """;
}
