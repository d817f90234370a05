CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.announcement (
    id integer NOT NULL,
    owner text NOT NULL,
    text text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    wall text NOT NULL,
    zone text NOT NULL,
    rrule text,
    late_hours integer NOT NULL,
    source_event_id text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    ended_at timestamp with time zone
);
CREATE TABLE public.announcement_delivery (
    announcement_id integer NOT NULL,
    occurrence text NOT NULL,
    room_id text NOT NULL,
    outcome text NOT NULL,
    oid text,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.announcement_history (
    id integer NOT NULL,
    announcement_id integer NOT NULL,
    user_id text NOT NULL,
    act text NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.announcement_history_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.announcement_history_id_seq OWNED BY public.announcement_history.id;
CREATE SEQUENCE public.announcement_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.announcement_id_seq OWNED BY public.announcement.id;
CREATE TABLE public.announcement_room (
    announcement_id integer NOT NULL,
    room_id text NOT NULL
);
CREATE TABLE public.attachment (
    oid text NOT NULL,
    data bytea,
    source text,
    instead text,
    content_uri text,
    seal text,
    is_uploaded boolean NOT NULL
);
CREATE TABLE public.attendee (
    meeting_id integer NOT NULL,
    date text NOT NULL,
    user_id text NOT NULL,
    answer text NOT NULL,
    said text NOT NULL,
    answered_at timestamp with time zone NOT NULL,
    turn integer NOT NULL,
    is_subscribed boolean NOT NULL,
    came boolean
);
CREATE TABLE public.calendar_copy (
    server text NOT NULL,
    uid text NOT NULL,
    version text,
    etag text
);
CREATE TABLE public.companion (
    id integer NOT NULL,
    newcomer text NOT NULL,
    state text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.companion_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.companion_id_seq OWNED BY public.companion.id;
CREATE TABLE public.companion_request (
    id integer NOT NULL,
    search integer NOT NULL,
    member text NOT NULL,
    reply text NOT NULL,
    asked_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.companion_request_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.companion_request_id_seq OWNED BY public.companion_request.id;
CREATE TABLE public.consent (
    user_id text NOT NULL,
    purpose text NOT NULL,
    version integer NOT NULL,
    given_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone
);
CREATE TABLE public.direct_room (
    user_id text NOT NULL,
    generation integer NOT NULL,
    alias text,
    room_id text,
    state text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.draft (
    user_id text NOT NULL,
    noun text NOT NULL,
    content text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.due (
    id integer NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    occurrence text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    fired_at timestamp with time zone
);
CREATE SEQUENCE public.due_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.due_id_seq OWNED BY public.due.id;
CREATE TABLE public.echo (
    event_id text NOT NULL,
    oid text NOT NULL,
    seen_at timestamp with time zone NOT NULL
);
CREATE TABLE public.erasure (
    pseudonym text NOT NULL,
    erased_at timestamp with time zone NOT NULL,
    keeps_words boolean NOT NULL
);
CREATE TABLE public.experience (
    id integer NOT NULL,
    room_id text NOT NULL,
    author text NOT NULL,
    source_event_id text NOT NULL,
    title text,
    context text,
    problem text,
    solution text,
    note text,
    how text,
    result text,
    learned text,
    conditions text,
    to_adapt text,
    means text,
    contact text,
    world text,
    place text,
    given_tags text NOT NULL,
    visibility text NOT NULL,
    parent_id integer,
    status text,
    status_at timestamp with time zone,
    status_reason text,
    created_at timestamp with time zone NOT NULL,
    edited_at timestamp with time zone
);
CREATE TABLE public.experience_consent (
    id integer NOT NULL,
    room_id text NOT NULL,
    source_event_id text NOT NULL,
    author text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    experience_id integer
);
CREATE SEQUENCE public.experience_consent_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.experience_consent_id_seq OWNED BY public.experience_consent.id;
CREATE TABLE public.experience_grave (
    digest text NOT NULL
);
CREATE SEQUENCE public.experience_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.experience_id_seq OWNED BY public.experience.id;
CREATE TABLE public.experience_index (
    id integer NOT NULL,
    tokens tsvector NOT NULL
);
CREATE TABLE public.experience_interest (
    experience_id integer NOT NULL,
    user_id text NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.experience_media (
    id integer NOT NULL,
    experience_id integer NOT NULL,
    source_event_id text NOT NULL,
    room_id text NOT NULL,
    sender text NOT NULL,
    media text NOT NULL,
    added_at timestamp with time zone NOT NULL
);
CREATE TABLE public.experience_media_copy (
    oid text NOT NULL,
    media_id integer NOT NULL
);
CREATE SEQUENCE public.experience_media_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.experience_media_id_seq OWNED BY public.experience_media.id;
CREATE TABLE public.experience_showing (
    oid text NOT NULL,
    experience_id integer NOT NULL,
    room_id text NOT NULL,
    conversation text NOT NULL,
    kind text NOT NULL,
    language text NOT NULL,
    zone text NOT NULL,
    author_name text NOT NULL,
    event_id text,
    shown_at timestamp with time zone NOT NULL
);
CREATE TABLE public.experience_tag (
    experience_id integer NOT NULL,
    tag text NOT NULL
);
CREATE TABLE public.experience_vector (
    experience_id integer NOT NULL,
    model text NOT NULL,
    vector bytea NOT NULL
);
CREATE TABLE public.experience_version (
    id integer NOT NULL,
    experience_id integer NOT NULL,
    before text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.experience_version_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.experience_version_id_seq OWNED BY public.experience_version.id;
CREATE TABLE public.feed (
    digest text NOT NULL,
    user_id text NOT NULL,
    scope text NOT NULL,
    room_id text,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.inbox (
    seq integer NOT NULL,
    event_id text NOT NULL,
    room_id text NOT NULL,
    sender text NOT NULL,
    kind text NOT NULL,
    payload text,
    session_id text,
    received_at timestamp with time zone NOT NULL,
    is_late integer NOT NULL,
    state text NOT NULL,
    outcome text,
    command text,
    answered_by text,
    starts integer NOT NULL,
    failures integer NOT NULL,
    handled_at timestamp with time zone
);
CREATE SEQUENCE public.inbox_seq_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.inbox_seq_seq OWNED BY public.inbox.seq;
CREATE TABLE public.lease (
    name text NOT NULL,
    holder text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.letter (
    room_id text NOT NULL,
    is_community boolean NOT NULL,
    rrule text NOT NULL,
    wall text NOT NULL,
    zone text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    approval text NOT NULL,
    introduction text,
    changed_by text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.letter_copy (
    user_id text NOT NULL,
    period text NOT NULL,
    at timestamp with time zone NOT NULL,
    verdict text
);
CREATE TABLE public.letter_issue (
    room_id text NOT NULL,
    period text NOT NULL,
    state text NOT NULL,
    at timestamp with time zone NOT NULL,
    oid text
);
CREATE TABLE public.letter_subscription (
    user_id text NOT NULL,
    every text NOT NULL,
    language text NOT NULL,
    zone text NOT NULL,
    subscribed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.meeting (
    id integer NOT NULL,
    uid text NOT NULL,
    sequence integer NOT NULL,
    room_id text NOT NULL,
    organiser text NOT NULL,
    title text NOT NULL,
    description text,
    place text,
    link text,
    programme text,
    wall text NOT NULL,
    zone text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    over_at timestamp with time zone,
    duration_minutes integer,
    is_all_day boolean NOT NULL,
    rrule text,
    other_at timestamp with time zone,
    capacity integer,
    deadline timestamp with time zone,
    offsets text,
    language text NOT NULL,
    state text NOT NULL,
    source_event_id text NOT NULL,
    card_oid text,
    card_at timestamp with time zone,
    card_date text,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.meeting_coorganiser (
    meeting_id integer NOT NULL,
    user_id text NOT NULL
);
CREATE SEQUENCE public.meeting_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.meeting_id_seq OWNED BY public.meeting.id;
CREATE TABLE public.member (
    user_id text NOT NULL,
    language text,
    timezone text,
    paused_until timestamp with time zone,
    notified text
);
CREATE TABLE public.newcomer (
    room_id text NOT NULL,
    person text NOT NULL,
    user_id text,
    state text NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    came_at timestamp with time zone,
    has_stepped boolean NOT NULL
);
CREATE TABLE public.occurrence (
    meeting_id integer NOT NULL,
    recurrence_id timestamp with time zone NOT NULL,
    starts_at timestamp with time zone,
    duration_minutes integer
);
CREATE TABLE public.onboarding (
    id integer NOT NULL,
    user_id text NOT NULL,
    room_id text,
    draft text NOT NULL,
    state text NOT NULL,
    was_reminded boolean NOT NULL,
    was_put_off boolean NOT NULL,
    recap text,
    begun_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.onboarding_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.onboarding_id_seq OWNED BY public.onboarding.id;
CREATE TABLE public.onboarding_line (
    id integer NOT NULL,
    room_id text NOT NULL,
    field text NOT NULL,
    fr text,
    en text,
    changed_by text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.onboarding_line_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.onboarding_line_id_seq OWNED BY public.onboarding_line.id;
CREATE TABLE public.outbox (
    seq integer NOT NULL,
    oid text NOT NULL,
    room_id text NOT NULL,
    conversation text NOT NULL,
    event_type text NOT NULL,
    content text,
    target text,
    card text,
    fallback text,
    created_at timestamp with time zone NOT NULL,
    is_uncertain boolean NOT NULL,
    state text NOT NULL,
    event_id text,
    sent_at timestamp with time zone,
    reason text
);
CREATE SEQUENCE public.outbox_seq_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.outbox_seq_seq OWNED BY public.outbox.seq;
CREATE TABLE public.page (
    conversation text NOT NULL,
    pages text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.profile (
    user_id text NOT NULL,
    field text NOT NULL,
    value text,
    is_hidden boolean NOT NULL,
    source_event_id text,
    changed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.profile_token (
    user_id text NOT NULL,
    field text NOT NULL,
    token text NOT NULL
);
CREATE TABLE public.question (
    id integer NOT NULL,
    user_id text NOT NULL,
    noun text NOT NULL,
    reference text NOT NULL,
    room_id text NOT NULL,
    needs_reply boolean NOT NULL,
    buttons text NOT NULL,
    oid text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    since timestamp with time zone,
    state text NOT NULL,
    answer_event_id text,
    answered_at timestamp with time zone
);
CREATE SEQUENCE public.question_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.question_id_seq OWNED BY public.question.id;
CREATE TABLE public.quiet (
    room_id text NOT NULL,
    day text NOT NULL,
    spoken integer NOT NULL
);
CREATE TABLE public.quote (
    oid text NOT NULL,
    user_id text NOT NULL,
    room_id text NOT NULL,
    event_id text
);
CREATE TABLE public.reaction (
    event_id text NOT NULL,
    room_id text NOT NULL,
    user_id text NOT NULL,
    target text NOT NULL,
    card text NOT NULL,
    key text NOT NULL,
    given_at timestamp with time zone NOT NULL
);
CREATE TABLE public.reminder (
    id integer NOT NULL,
    owner text NOT NULL,
    room_id text NOT NULL,
    conversation text NOT NULL,
    text text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    wall text NOT NULL,
    zone text NOT NULL,
    rrule text,
    language text NOT NULL,
    reply_to text,
    is_for_room boolean NOT NULL,
    source_event_id text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    ended_at timestamp with time zone
);
CREATE SEQUENCE public.reminder_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.reminder_id_seq OWNED BY public.reminder.id;
CREATE TABLE public.reminder_subscriber (
    reminder_id integer NOT NULL,
    user_id text NOT NULL
);
CREATE TABLE public.request (
    id integer NOT NULL,
    room_id text NOT NULL,
    asker text NOT NULL,
    words text NOT NULL,
    source_event_id text NOT NULL,
    card_oid text,
    asked_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    settled_at timestamp with time zone
);
CREATE SEQUENCE public.request_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.request_id_seq OWNED BY public.request.id;
CREATE TABLE public.retour (
    meeting_id integer NOT NULL,
    date text NOT NULL,
    present integer,
    oid text,
    edits text NOT NULL,
    recalled_oid text,
    posted_at timestamp with time zone
);
CREATE TABLE public.room (
    room_id text NOT NULL,
    is_encrypted boolean NOT NULL,
    joined_count integer NOT NULL,
    joined_at timestamp with time zone,
    replaced_by text,
    is_trio boolean NOT NULL
);
CREATE TABLE public.room_setting (
    room_id text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.sync_position (
    device_id text NOT NULL,
    token text,
    watched text,
    saved_at timestamp with time zone NOT NULL
);
CREATE TABLE public.trio (
    search integer NOT NULL,
    newcomer text NOT NULL,
    member text NOT NULL,
    generation integer NOT NULL,
    alias text,
    room_id text,
    state text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.visit (
    user_id text NOT NULL,
    at timestamp with time zone NOT NULL,
    before timestamp with time zone
);
CREATE TABLE public.voice (
    meeting_id integer NOT NULL,
    date text NOT NULL,
    user_id text NOT NULL,
    state text NOT NULL,
    text text,
    name text,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.welcome (
    room_id text NOT NULL,
    language text NOT NULL,
    text text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.announcement ALTER COLUMN id SET DEFAULT nextval('public.announcement_id_seq'::regclass);
ALTER TABLE ONLY public.announcement_history ALTER COLUMN id SET DEFAULT nextval('public.announcement_history_id_seq'::regclass);
ALTER TABLE ONLY public.companion ALTER COLUMN id SET DEFAULT nextval('public.companion_id_seq'::regclass);
ALTER TABLE ONLY public.companion_request ALTER COLUMN id SET DEFAULT nextval('public.companion_request_id_seq'::regclass);
ALTER TABLE ONLY public.due ALTER COLUMN id SET DEFAULT nextval('public.due_id_seq'::regclass);
ALTER TABLE ONLY public.experience ALTER COLUMN id SET DEFAULT nextval('public.experience_id_seq'::regclass);
ALTER TABLE ONLY public.experience_consent ALTER COLUMN id SET DEFAULT nextval('public.experience_consent_id_seq'::regclass);
ALTER TABLE ONLY public.experience_media ALTER COLUMN id SET DEFAULT nextval('public.experience_media_id_seq'::regclass);
ALTER TABLE ONLY public.experience_version ALTER COLUMN id SET DEFAULT nextval('public.experience_version_id_seq'::regclass);
ALTER TABLE ONLY public.inbox ALTER COLUMN seq SET DEFAULT nextval('public.inbox_seq_seq'::regclass);
ALTER TABLE ONLY public.meeting ALTER COLUMN id SET DEFAULT nextval('public.meeting_id_seq'::regclass);
ALTER TABLE ONLY public.onboarding ALTER COLUMN id SET DEFAULT nextval('public.onboarding_id_seq'::regclass);
ALTER TABLE ONLY public.onboarding_line ALTER COLUMN id SET DEFAULT nextval('public.onboarding_line_id_seq'::regclass);
ALTER TABLE ONLY public.outbox ALTER COLUMN seq SET DEFAULT nextval('public.outbox_seq_seq'::regclass);
ALTER TABLE ONLY public.question ALTER COLUMN id SET DEFAULT nextval('public.question_id_seq'::regclass);
ALTER TABLE ONLY public.reminder ALTER COLUMN id SET DEFAULT nextval('public.reminder_id_seq'::regclass);
ALTER TABLE ONLY public.request ALTER COLUMN id SET DEFAULT nextval('public.request_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0001');
INSERT INTO public.member VALUES ('@jo:example.org', 'en', NULL, NULL, NULL);
SELECT pg_catalog.setval('public.announcement_history_id_seq', 1, false);
SELECT pg_catalog.setval('public.announcement_id_seq', 1, false);
SELECT pg_catalog.setval('public.companion_id_seq', 1, false);
SELECT pg_catalog.setval('public.companion_request_id_seq', 1, false);
SELECT pg_catalog.setval('public.due_id_seq', 1, false);
SELECT pg_catalog.setval('public.experience_consent_id_seq', 1, false);
SELECT pg_catalog.setval('public.experience_id_seq', 1, false);
SELECT pg_catalog.setval('public.experience_media_id_seq', 1, false);
SELECT pg_catalog.setval('public.experience_version_id_seq', 1, false);
SELECT pg_catalog.setval('public.inbox_seq_seq', 1, false);
SELECT pg_catalog.setval('public.meeting_id_seq', 1, false);
SELECT pg_catalog.setval('public.onboarding_id_seq', 1, false);
SELECT pg_catalog.setval('public.onboarding_line_id_seq', 1, false);
SELECT pg_catalog.setval('public.outbox_seq_seq', 1, false);
SELECT pg_catalog.setval('public.question_id_seq', 1, false);
SELECT pg_catalog.setval('public.reminder_id_seq', 1, false);
SELECT pg_catalog.setval('public.request_id_seq', 1, false);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT pk_announcement PRIMARY KEY (id);
ALTER TABLE ONLY public.announcement_delivery
    ADD CONSTRAINT pk_announcement_delivery PRIMARY KEY (announcement_id, occurrence, room_id);
ALTER TABLE ONLY public.announcement_history
    ADD CONSTRAINT pk_announcement_history PRIMARY KEY (id);
ALTER TABLE ONLY public.announcement_room
    ADD CONSTRAINT pk_announcement_room PRIMARY KEY (announcement_id, room_id);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT pk_attachment PRIMARY KEY (oid);
ALTER TABLE ONLY public.attendee
    ADD CONSTRAINT pk_attendee PRIMARY KEY (meeting_id, date, user_id);
ALTER TABLE ONLY public.calendar_copy
    ADD CONSTRAINT pk_calendar_copy PRIMARY KEY (server, uid);
ALTER TABLE ONLY public.companion
    ADD CONSTRAINT pk_companion PRIMARY KEY (id);
ALTER TABLE ONLY public.companion_request
    ADD CONSTRAINT pk_companion_request PRIMARY KEY (id);
ALTER TABLE ONLY public.consent
    ADD CONSTRAINT pk_consent PRIMARY KEY (user_id, purpose);
ALTER TABLE ONLY public.direct_room
    ADD CONSTRAINT pk_direct_room PRIMARY KEY (user_id);
ALTER TABLE ONLY public.draft
    ADD CONSTRAINT pk_draft PRIMARY KEY (user_id, noun);
ALTER TABLE ONLY public.due
    ADD CONSTRAINT pk_due PRIMARY KEY (id);
ALTER TABLE ONLY public.echo
    ADD CONSTRAINT pk_echo PRIMARY KEY (event_id);
ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT pk_erasure PRIMARY KEY (pseudonym, erased_at);
ALTER TABLE ONLY public.experience
    ADD CONSTRAINT pk_experience PRIMARY KEY (id);
ALTER TABLE ONLY public.experience_consent
    ADD CONSTRAINT pk_experience_consent PRIMARY KEY (id);
ALTER TABLE ONLY public.experience_grave
    ADD CONSTRAINT pk_experience_grave PRIMARY KEY (digest);
ALTER TABLE ONLY public.experience_index
    ADD CONSTRAINT pk_experience_index PRIMARY KEY (id);
ALTER TABLE ONLY public.experience_interest
    ADD CONSTRAINT pk_experience_interest PRIMARY KEY (experience_id, user_id);
ALTER TABLE ONLY public.experience_media
    ADD CONSTRAINT pk_experience_media PRIMARY KEY (id);
ALTER TABLE ONLY public.experience_media_copy
    ADD CONSTRAINT pk_experience_media_copy PRIMARY KEY (oid);
ALTER TABLE ONLY public.experience_showing
    ADD CONSTRAINT pk_experience_showing PRIMARY KEY (oid, experience_id);
ALTER TABLE ONLY public.experience_tag
    ADD CONSTRAINT pk_experience_tag PRIMARY KEY (experience_id, tag);
ALTER TABLE ONLY public.experience_vector
    ADD CONSTRAINT pk_experience_vector PRIMARY KEY (experience_id);
ALTER TABLE ONLY public.experience_version
    ADD CONSTRAINT pk_experience_version PRIMARY KEY (id);
ALTER TABLE ONLY public.feed
    ADD CONSTRAINT pk_feed PRIMARY KEY (digest);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (seq);
ALTER TABLE ONLY public.lease
    ADD CONSTRAINT pk_lease PRIMARY KEY (name);
ALTER TABLE ONLY public.letter
    ADD CONSTRAINT pk_letter PRIMARY KEY (room_id);
ALTER TABLE ONLY public.letter_copy
    ADD CONSTRAINT pk_letter_copy PRIMARY KEY (user_id, period);
ALTER TABLE ONLY public.letter_issue
    ADD CONSTRAINT pk_letter_issue PRIMARY KEY (room_id, period);
ALTER TABLE ONLY public.letter_subscription
    ADD CONSTRAINT pk_letter_subscription PRIMARY KEY (user_id);
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT pk_meeting PRIMARY KEY (id);
ALTER TABLE ONLY public.meeting_coorganiser
    ADD CONSTRAINT pk_meeting_coorganiser PRIMARY KEY (meeting_id, user_id);
ALTER TABLE ONLY public.member
    ADD CONSTRAINT pk_member PRIMARY KEY (user_id);
ALTER TABLE ONLY public.newcomer
    ADD CONSTRAINT pk_newcomer PRIMARY KEY (room_id, person);
ALTER TABLE ONLY public.occurrence
    ADD CONSTRAINT pk_occurrence PRIMARY KEY (meeting_id, recurrence_id);
ALTER TABLE ONLY public.onboarding
    ADD CONSTRAINT pk_onboarding PRIMARY KEY (id);
ALTER TABLE ONLY public.onboarding_line
    ADD CONSTRAINT pk_onboarding_line PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (seq);
ALTER TABLE ONLY public.page
    ADD CONSTRAINT pk_page PRIMARY KEY (conversation);
ALTER TABLE ONLY public.profile
    ADD CONSTRAINT pk_profile PRIMARY KEY (user_id, field);
ALTER TABLE ONLY public.profile_token
    ADD CONSTRAINT pk_profile_token PRIMARY KEY (user_id, field, token);
ALTER TABLE ONLY public.question
    ADD CONSTRAINT pk_question PRIMARY KEY (id);
ALTER TABLE ONLY public.quiet
    ADD CONSTRAINT pk_quiet PRIMARY KEY (room_id, day);
ALTER TABLE ONLY public.quote
    ADD CONSTRAINT pk_quote PRIMARY KEY (oid, user_id);
ALTER TABLE ONLY public.reaction
    ADD CONSTRAINT pk_reaction PRIMARY KEY (event_id);
ALTER TABLE ONLY public.reminder
    ADD CONSTRAINT pk_reminder PRIMARY KEY (id);
ALTER TABLE ONLY public.reminder_subscriber
    ADD CONSTRAINT pk_reminder_subscriber PRIMARY KEY (reminder_id, user_id);
ALTER TABLE ONLY public.request
    ADD CONSTRAINT pk_request PRIMARY KEY (id);
ALTER TABLE ONLY public.retour
    ADD CONSTRAINT pk_retour PRIMARY KEY (meeting_id, date);
ALTER TABLE ONLY public.room
    ADD CONSTRAINT pk_room PRIMARY KEY (room_id);
ALTER TABLE ONLY public.room_setting
    ADD CONSTRAINT pk_room_setting PRIMARY KEY (room_id, key);
ALTER TABLE ONLY public.sync_position
    ADD CONSTRAINT pk_sync_position PRIMARY KEY (device_id);
ALTER TABLE ONLY public.trio
    ADD CONSTRAINT pk_trio PRIMARY KEY (search);
ALTER TABLE ONLY public.visit
    ADD CONSTRAINT pk_visit PRIMARY KEY (user_id);
ALTER TABLE ONLY public.voice
    ADD CONSTRAINT pk_voice PRIMARY KEY (meeting_id, date, user_id);
ALTER TABLE ONLY public.welcome
    ADD CONSTRAINT pk_welcome PRIMARY KEY (room_id, language);
ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT uq_announcement_source_event_id UNIQUE (source_event_id);
ALTER TABLE ONLY public.companion
    ADD CONSTRAINT uq_companion_newcomer UNIQUE (newcomer);
ALTER TABLE ONLY public.experience_consent
    ADD CONSTRAINT uq_experience_consent_source_event_id UNIQUE (source_event_id);
ALTER TABLE ONLY public.experience_media
    ADD CONSTRAINT uq_experience_media_experience_id_source_event_id UNIQUE (experience_id, source_event_id);
ALTER TABLE ONLY public.experience
    ADD CONSTRAINT uq_experience_source_event_id UNIQUE (source_event_id);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT uq_inbox_event_id UNIQUE (event_id);
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT uq_meeting_source_event_id UNIQUE (source_event_id);
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT uq_meeting_uid UNIQUE (uid);
ALTER TABLE ONLY public.onboarding
    ADD CONSTRAINT uq_onboarding_user_id UNIQUE (user_id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT uq_outbox_oid UNIQUE (oid);
ALTER TABLE ONLY public.question
    ADD CONSTRAINT uq_question_answer_event_id UNIQUE (answer_event_id);
ALTER TABLE ONLY public.question
    ADD CONSTRAINT uq_question_oid UNIQUE (oid);
ALTER TABLE ONLY public.reminder
    ADD CONSTRAINT uq_reminder_source_event_id UNIQUE (source_event_id);
ALTER TABLE ONLY public.request
    ADD CONSTRAINT uq_request_source_event_id UNIQUE (source_event_id);
CREATE INDEX ix_announcement_history_announcement_id ON public.announcement_history USING btree (announcement_id);
CREATE INDEX ix_announcement_room_room_id ON public.announcement_room USING btree (room_id);
CREATE INDEX ix_announcement_state ON public.announcement USING btree (state, due_at);
CREATE INDEX ix_attendee_turn ON public.attendee USING btree (meeting_id, date, answer, turn);
CREATE INDEX ix_attendee_user_id ON public.attendee USING btree (user_id);
CREATE INDEX ix_companion_changed_at ON public.companion USING btree (changed_at);
CREATE INDEX ix_companion_request_asked_at ON public.companion_request USING btree (asked_at);
CREATE INDEX ix_companion_request_member ON public.companion_request USING btree (member);
CREATE INDEX ix_companion_request_search ON public.companion_request USING btree (search);
CREATE INDEX ix_direct_room_room_id ON public.direct_room USING btree (room_id);
CREATE INDEX ix_due_pending ON public.due USING btree (due_at) WHERE (state = 'pending'::text);
CREATE INDEX ix_echo_oid ON public.echo USING btree (oid);
CREATE INDEX ix_experience_author ON public.experience USING btree (author, id);
CREATE INDEX ix_experience_consent_author ON public.experience_consent USING btree (author);
CREATE INDEX ix_experience_created_at ON public.experience USING btree (created_at);
CREATE INDEX ix_experience_index_tokens ON public.experience_index USING gin (tokens) WITH (fastupdate=off);
CREATE INDEX ix_experience_interest_at ON public.experience_interest USING btree (at);
CREATE INDEX ix_experience_interest_user_id ON public.experience_interest USING btree (user_id);
CREATE INDEX ix_experience_media_copy_media_id ON public.experience_media_copy USING btree (media_id);
CREATE INDEX ix_experience_media_source_event_id ON public.experience_media USING btree (source_event_id);
CREATE INDEX ix_experience_parent_id ON public.experience USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX ix_experience_room_id ON public.experience USING btree (room_id, id);
CREATE INDEX ix_experience_showing_experience_id ON public.experience_showing USING btree (experience_id, shown_at);
CREATE INDEX ix_experience_showing_room_id ON public.experience_showing USING btree (room_id);
CREATE INDEX ix_experience_status_at ON public.experience USING btree (status_at) WHERE (status_at IS NOT NULL);
CREATE INDEX ix_experience_tag_tag ON public.experience_tag USING btree (tag, experience_id);
CREATE INDEX ix_experience_version ON public.experience_version USING btree (experience_id, id);
CREATE INDEX ix_experience_widened ON public.experience USING btree (id) WHERE (visibility <> 'room'::text);
CREATE INDEX ix_feed_room_id ON public.feed USING btree (room_id);
CREATE INDEX ix_feed_user_id ON public.feed USING btree (user_id);
CREATE INDEX ix_inbox_handled ON public.inbox USING btree (handled_at);
CREATE INDEX ix_inbox_open ON public.inbox USING btree (seq) WHERE (state = ANY (ARRAY['waiting'::text, 'unreadable'::text]));
CREATE INDEX ix_letter_copy_at ON public.letter_copy USING btree (at);
CREATE INDEX ix_letter_issue_state ON public.letter_issue USING btree (room_id, state, at);
CREATE INDEX ix_meeting_over_at ON public.meeting USING btree (over_at);
CREATE INDEX ix_meeting_room_id ON public.meeting USING btree (room_id, over_at);
CREATE INDEX ix_newcomer_came_at ON public.newcomer USING btree (came_at);
CREATE INDEX ix_newcomer_seen_at ON public.newcomer USING btree (seen_at);
CREATE INDEX ix_newcomer_user_id ON public.newcomer USING btree (user_id);
CREATE INDEX ix_onboarding_begun_at ON public.onboarding USING btree (begun_at);
CREATE INDEX ix_onboarding_line_room_id ON public.onboarding_line USING btree (room_id, id);
CREATE INDEX ix_outbox_event_id ON public.outbox USING btree (event_id);
CREATE INDEX ix_outbox_pending ON public.outbox USING btree (seq) WHERE (state = 'pending'::text);
CREATE INDEX ix_outbox_sent_at ON public.outbox USING btree (sent_at);
CREATE INDEX ix_outbox_target ON public.outbox USING btree (target) WHERE (target IS NOT NULL);
CREATE INDEX ix_profile_field ON public.profile USING btree (field, user_id);
CREATE INDEX ix_profile_source_event_id ON public.profile USING btree (source_event_id);
CREATE INDEX ix_profile_token_token ON public.profile_token USING btree (token);
CREATE INDEX ix_question_room_id ON public.question USING btree (room_id);
CREATE INDEX ix_question_user_id ON public.question USING btree (user_id, id);
CREATE INDEX ix_quote_user_id ON public.quote USING btree (user_id);
CREATE INDEX ix_reaction_given_at ON public.reaction USING btree (given_at);
CREATE INDEX ix_reminder_owner_due_at ON public.reminder USING btree (owner, due_at);
CREATE INDEX ix_request_card_oid ON public.request USING btree (card_oid);
CREATE INDEX ix_request_room_id ON public.request USING btree (room_id, asked_at);
CREATE INDEX ix_trio_changed_at ON public.trio USING btree (changed_at);
CREATE INDEX ix_trio_member ON public.trio USING btree (member);
CREATE INDEX ix_trio_newcomer ON public.trio USING btree (newcomer);
CREATE INDEX ix_trio_room_id ON public.trio USING btree (room_id);
CREATE INDEX ix_voice_user_id ON public.voice USING btree (user_id);
CREATE UNIQUE INDEX uq_due_cause ON public.due USING btree (kind, reference, occurrence);
ALTER TABLE ONLY public.attendee
    ADD CONSTRAINT fk_attendee_meeting_id_meeting FOREIGN KEY (meeting_id) REFERENCES public.meeting(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.experience_index
    ADD CONSTRAINT fk_experience_index_id_experience FOREIGN KEY (id) REFERENCES public.experience(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.experience_interest
    ADD CONSTRAINT fk_experience_interest_experience_id_experience FOREIGN KEY (experience_id) REFERENCES public.experience(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.experience_media
    ADD CONSTRAINT fk_experience_media_experience_id_experience FOREIGN KEY (experience_id) REFERENCES public.experience(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.experience
    ADD CONSTRAINT fk_experience_parent_id_experience FOREIGN KEY (parent_id) REFERENCES public.experience(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.experience_tag
    ADD CONSTRAINT fk_experience_tag_experience_id_experience FOREIGN KEY (experience_id) REFERENCES public.experience(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.experience_vector
    ADD CONSTRAINT fk_experience_vector_experience_id_experience FOREIGN KEY (experience_id) REFERENCES public.experience(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.experience_version
    ADD CONSTRAINT fk_experience_version_experience_id_experience FOREIGN KEY (experience_id) REFERENCES public.experience(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.meeting_coorganiser
    ADD CONSTRAINT fk_meeting_coorganiser_meeting_id_meeting FOREIGN KEY (meeting_id) REFERENCES public.meeting(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.occurrence
    ADD CONSTRAINT fk_occurrence_meeting_id_meeting FOREIGN KEY (meeting_id) REFERENCES public.meeting(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.reminder_subscriber
    ADD CONSTRAINT fk_reminder_subscriber_reminder_id_reminder FOREIGN KEY (reminder_id) REFERENCES public.reminder(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.retour
    ADD CONSTRAINT fk_retour_meeting_id_meeting FOREIGN KEY (meeting_id) REFERENCES public.meeting(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.voice
    ADD CONSTRAINT fk_voice_meeting_id_meeting FOREIGN KEY (meeting_id) REFERENCES public.meeting(id) ON DELETE CASCADE;
