-- +goose Up

-- What a participant and the foundation write to each other about one participation.
-- Another holder of the same participation has a conversation of their own.
CREATE TABLE conversations (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participation_id bigint      NOT NULL REFERENCES participations,
    participant_id   bigint      NOT NULL REFERENCES participants,
    waiting_since    timestamptz, -- the first message that waits for an answer; NULL: none does
    last_at          timestamptz NOT NULL,
    UNIQUE (participation_id, participant_id)
);
CREATE INDEX conversations_waiting ON conversations (waiting_since, id) WHERE waiting_since IS NOT NULL;
CREATE INDEX conversations_answered ON conversations (last_at DESC, id DESC) WHERE waiting_since IS NULL;
CREATE INDEX conversations_participant ON conversations (participant_id);

CREATE TABLE messages (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id bigint      NOT NULL REFERENCES conversations,
    sender          text        NOT NULL CHECK (sender IN ('participant', 'staff')),
    written_by      text        NOT NULL,
    body            bytea       NOT NULL CHECK (is_sealed(body)), -- with the key of the participant
    request_id      text        NOT NULL CHECK (request_id <> ''), -- of the form that was sent: twice is once
    sent_at         timestamptz NOT NULL,
    UNIQUE (conversation_id, request_id),
    UNIQUE (conversation_id, id),
    CHECK (sender = split_part(written_by, ':', 1))
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON messages FOR EACH ROW EXECUTE FUNCTION append_only();

-- Up to which message each side has read, and up to which nothing waits for an answer.
CREATE TABLE message_marks (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id bigint      NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('read_by_participant', 'read_by_staff', 'done')),
    message_id      bigint      NOT NULL,
    made_by         text        NOT NULL,
    made_at         timestamptz NOT NULL,
    UNIQUE (conversation_id, kind, message_id),
    FOREIGN KEY (conversation_id, message_id) REFERENCES messages (conversation_id, id)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON message_marks FOR EACH ROW EXECUTE FUNCTION append_only();

GRANT SELECT, INSERT ON messages, message_marks TO samenclaim_app;
GRANT SELECT, INSERT, UPDATE ON conversations TO samenclaim_app;

CREATE VIEW inv.q01_waits_for_an_answer AS
    SELECT c.id FROM conversations c JOIN participants p ON p.id = c.participant_id
    WHERE c.waiting_since IS DISTINCT FROM (SELECT min(m.sent_at) FROM messages m WHERE m.conversation_id = c.id AND m.sender = 'participant' AND p.erased_at IS NULL
        AND m.id > coalesce((SELECT max(k.message_id) FROM message_marks k WHERE k.conversation_id = c.id AND k.kind = 'done'), 0));
COMMENT ON VIEW inv.q01_waits_for_an_answer IS 'a conversation waits since its first message without an answer, and none is forgotten';

CREATE VIEW inv.q02_message_of_its_writer AS
    SELECT m.id FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.sender = 'participant' AND m.written_by <> 'participant:' || c.participant_id;
COMMENT ON VIEW inv.q02_message_of_its_writer IS 'nobody writes in the conversation of somebody else';

CREATE VIEW inv.q03_mailed_for_a_message AS
    SELECT o.id FROM outbox o WHERE o.template = 'message' AND NOT EXISTS (
        SELECT FROM messages m JOIN conversations c ON c.id = m.conversation_id
        WHERE m.sender = 'staff' AND c.participant_id = o.participant_id AND o.key = 'message:' || m.id);
COMMENT ON VIEW inv.q03_mailed_for_a_message IS 'every mail about a message is about one that staff wrote to that person';
GRANT SELECT ON inv.q01_waits_for_an_answer, inv.q02_message_of_its_writer, inv.q03_mailed_for_a_message TO samenclaim_app;
