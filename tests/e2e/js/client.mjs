// Members who use matrix-js-sdk with its rust crypto, the engine of Element.
// One request a line on standard input, {"id", "as", "do", "with"}; one answer a line on standard
// output, {"id", "result"} or {"id", "error"}. "as" names one of several clients in this process.

import { createInterface } from "node:readline";

import { logger } from "matrix-js-sdk/lib/logger.js";
import * as sdk from "matrix-js-sdk";
import { OnlySignedDevicesIsolationMode } from "matrix-js-sdk/lib/crypto-api/index.js";
import { decodeRecoveryKey } from "matrix-js-sdk/lib/crypto-api/recovery-key.js";
import { VerificationPhase } from "matrix-js-sdk/lib/crypto-api/verification.js";

logger.setLevel?.("silent");
for (const name of ["log", "info", "debug", "warn", "error", "trace"]) {
    console[name] = process.env.JS_LOG
        ? (...words) => process.stderr.write(words.map(String).join(" ") + "\n")
        : () => {};
}
if (process.env.JS_LOG) logger.setLevel?.("debug");

/** Sends requests, but may hold room keys back as a slow server would: answered, not yet carried on. */
class Wire {
    held = null;

    fetch = async (url, options) => {
        const isKey = String(url).includes("/sendToDevice/m.room.encrypted/");
        if (this.held === null || !isKey) return fetch(url, options);
        this.held.push(() => fetch(url, { ...options, signal: undefined }));
        return new Response("{}", { headers: { "Content-Type": "application/json" } });
    };

    async release() {
        const held = this.held ?? [];
        this.held = null;
        for (const send of held) await send();
        return held.length;
    }
}

const unpadded = (bytes) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");

const SHIELDS = ["none", "grey", "red"];
const members = new Map();

class Member {
    constructor(client, storage) {
        this.client = client;
        this.storage = storage;
        this.requests = [];
        client.on("crypto.verificationRequestReceived", (request) => this.requests.push(request));
    }

    get crypto() {
        return this.client.getCrypto();
    }

    /** Resolve with the first value of `look` that is not undefined, tried at each change. */
    until(look, seconds, what) {
        const { client } = this;
        const changes = ["Room.timeline", "Event.decrypted", "Room.myMembership", "RoomState.events",
            "crypto.verificationRequestReceived", "sync"];
        return new Promise((resolve, reject) => {
            const end = (settle, value) => {
                clearTimeout(timer);
                clearInterval(tick);
                changes.forEach((change) => client.off(change, attempt));
                settle(value);
            };
            let isLooking = false;
            const attempt = async () => {
                if (isLooking) return;
                isLooking = true;
                try {
                    const found = await look();
                    if (found !== undefined) end(resolve, found);
                } catch (error) {
                    end(reject, error);
                } finally {
                    isLooking = false;
                }
            };
            const timer = setTimeout(
                () => end(reject, new Error(`${what ?? "it"} did not come in ${seconds} s`)), seconds * 1000);
            const tick = setInterval(attempt, 200);
            changes.forEach((change) => client.on(change, attempt));
            void attempt();
        });
    }

    async shown(event) {
        const isEncrypted = event.isEncrypted();
        const info = isEncrypted ? await this.crypto.getEncryptionInfoForEvent(event) : null;
        const content = event.getContent();
        const relation = event.getWireContent()["m.relates_to"] ?? content["m.relates_to"] ?? {};
        return {
            event_id: event.getId(),
            sender: event.getSender(),
            type: event.getType(),
            msgtype: content.msgtype ?? null,
            body: content.body ?? null,
            relation: relation.rel_type ?? null,
            reply_to: relation["m.in_reply_to"]?.event_id ?? relation.event_id ?? null,
            is_encrypted: isEncrypted,
            is_unreadable: event.isDecryptionFailure(),
            failure: event.decryptionFailureReason,
            shield: info ? SHIELDS[info.shieldColour] : null,
            content,
        };
    }

    room(id) {
        const room = this.client.getRoom(id);
        if (room === null) throw new Error(`${id} is not known`);
        return room;
    }

    async messages(id) {
        const events = this.room(id).getLiveTimeline().getEvents();
        const said = events.filter((event) => !event.isState() && event.getWireType() !== "m.room.redaction");
        return Promise.all(said.map((event) => this.shown(event)));
    }
}

const ACTIONS = {
    /** Log in on a new device and go on until the first sync answer is there. */
    async login(_, { url, user, password, recovery_key }) {
        const identifier = { type: "m.id.user", user };
        const login = { type: "m.login.password", identifier, password };
        const answer = await sdk.createClient({ baseUrl: url }).loginRequest(login);
        const storage = { key: recovery_key ? decodeRecoveryKey(recovery_key) : null };
        const wire = new Wire();
        const client = sdk.createClient({
            baseUrl: url,
            fetchFn: wire.fetch,
            userId: answer.user_id,
            deviceId: answer.device_id,
            accessToken: answer.access_token,
            cryptoCallbacks: {
                getSecretStorageKey: async ({ keys }) =>
                    storage.key ? [Object.keys(keys)[0], storage.key] : null,
                cacheSecretStorageKey: (_id, _info, key) => { storage.key = key; },
            },
        });
        const member = new Member(client, storage);
        Object.assign(member, { password, wire });
        await client.initRustCrypto({ useIndexedDB: false });
        const isReady = new Promise((resolve) => {
            client.on("sync", (state) => { if (state === "PREPARED") resolve(); });
        });
        await client.startClient({ initialSyncLimit: 50 });
        await isReady;
        if (recovery_key) {
            // Private keys are only taken over where the public ones are known.
            await member.crypto.userHasCrossSigningKeys(answer.user_id, true);
            await member.crypto.bootstrapCrossSigning({});
        }
        return { member, device_id: answer.device_id };
    },

    /** Cross-sign, with a secret storage whose recovery key is the answer. */
    async bootstrap(member) {
        const { client, crypto, password } = member;
        const identifier = { type: "m.id.user", user: client.getUserId() };
        await crypto.bootstrapCrossSigning({
            authUploadDeviceSigningKeys: (make) => make({ type: "m.login.password", identifier, password }),
        });
        const made = await crypto.createRecoveryKeyFromPassphrase();
        member.storage.key = made.privateKey;
        await crypto.bootstrapSecretStorage({ createSecretStorageKey: async () => made });
        return made.encodedPrivateKey;
    },

    async strict(member) {
        member.crypto.setDeviceIsolationMode(new OnlySignedDevicesIsolationMode());
    },

    async create_room({ client }, { name, invite, direct }) {
        const { room_id } = await client.createRoom({
            name,
            invite,
            is_direct: direct,
            preset: direct ? "trusted_private_chat" : "private_chat",
            initial_state: [{
                type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" },
            }],
        });
        return room_id;
    },

    /** Answer with the newest room that this client shares with somebody alone. */
    async direct_room({ client }, { user }) {
        const rooms = client.getRooms().filter((room) =>
            room.getMember(user) && room.getMembers().length === 2);
        return rooms.at(-1).roomId;
    },

    async invite({ client }, { room, user }) {
        await client.invite(room, user);
    },

    async join({ client }, { room }) {
        await client.joinRoom(room);
    },

    /** Wait for an invitation of somebody, accept it, and answer with the room. */
    async accept_invitation(member, { user, seconds }) {
        const { client } = member;
        const isOf = (room) => room.getMyMembership() === "invite" && room.getDMInviter() === user;
        const { roomId } = await member.until(() => client.getRooms().find(isOf), seconds, "an invitation");
        await client.joinRoom(roomId);
        await member.until(() => client.getRoom(roomId).hasEncryptionStateEvent() || undefined,
            seconds, "the encryption of the room");
        return roomId;
    },

    /** Wait until somebody is in the room, and the room is known to be encrypted. */
    async wait_joined(member, { room, user, seconds }) {
        await member.until(() => {
            const joined = member.client.getRoom(room)?.getMember(user)?.membership === "join";
            return joined && member.client.getRoom(room).hasEncryptionStateEvent() ? true : undefined;
        }, seconds, `${user} in the room`);
    },

    async send({ client }, { room, body, reply_to, thread }) {
        const content = { msgtype: "m.text", body, "m.mentions": {} };
        if (reply_to) content["m.relates_to"] = { "m.in_reply_to": { event_id: reply_to } };
        if (thread) {
            content["m.relates_to"] = {
                rel_type: "m.thread", event_id: thread, is_falling_back: true,
                "m.in_reply_to": { event_id: thread },
            };
        }
        return (await client.sendEvent(room, "m.room.message", content)).event_id;
    },

    /** Send a file encrypted as Element does it (matrix-encrypt-attachment, version 2). */
    async send_file({ client }, { room, name, mimetype, text, reply_to }) {
        const iv = new Uint8Array(16);
        crypto.getRandomValues(iv.subarray(0, 8));
        const key = await crypto.subtle.generateKey({ name: "AES-CTR", length: 256 }, true, ["encrypt", "decrypt"]);
        const plain = new TextEncoder().encode(text);
        const sealed = await crypto.subtle.encrypt({ name: "AES-CTR", counter: iv, length: 64 }, key, plain);
        const hash = await crypto.subtle.digest("SHA-256", sealed);
        const { content_uri } = await client.uploadContent(new Blob([sealed]), { type: "application/octet-stream" });
        const content = {
            msgtype: "m.file", body: name, filename: name, "m.mentions": {},
            info: { mimetype, size: plain.length },
            file: {
                v: "v2", url: content_uri, iv: unpadded(iv), hashes: { sha256: unpadded(hash) },
                key: await crypto.subtle.exportKey("jwk", key),
            },
        };
        if (reply_to) content["m.relates_to"] = { "m.in_reply_to": { event_id: reply_to } };
        return (await client.sendEvent(room, "m.room.message", content)).event_id;
    },

    /** Answer with what an encrypted file says, held against its hash; raises for one that is not so. */
    async read_file(member, { room, event_id }) {
        const said = await member.messages(room);
        const { file } = said.find((each) => each.event_id === event_id).content;
        const url = member.client.mxcUrlToHttp(file.url, undefined, undefined, undefined, false, true, true);
        const headers = { Authorization: `Bearer ${member.client.getAccessToken()}` };
        const sealed = await (await fetch(url, { headers })).arrayBuffer();
        const hash = unpadded(await crypto.subtle.digest("SHA-256", sealed));
        if (hash !== file.hashes.sha256) throw new Error(`the hash is ${hash}, not ${file.hashes.sha256}`);
        const key = await crypto.subtle.importKey("jwk", file.key, { name: "AES-CTR" }, false, ["encrypt", "decrypt"]);
        const counter = Buffer.from(file.iv, "base64");
        const plain = await crypto.subtle.decrypt({ name: "AES-CTR", counter, length: 64 }, key, sealed);
        return new TextDecoder().decode(plain);
    },

    async react({ client }, { room, event_id, key }) {
        const content = { "m.relates_to": { rel_type: "m.annotation", event_id, key } };
        return (await client.sendEvent(room, "m.reaction", content)).event_id;
    },

    async edit({ client }, { room, event_id, body }) {
        const fresh = { msgtype: "m.text", body, "m.mentions": {} };
        const content = {
            ...fresh, body: `* ${body}`, "m.new_content": fresh,
            "m.relates_to": { rel_type: "m.replace", event_id },
        };
        return (await client.sendEvent(room, "m.room.message", content)).event_id;
    },

    /** Wait for what `sender` says in answer to an event, readable or not. */
    async answer(member, { room, sender, event_id, seconds }) {
        return member.until(async () => {
            const said = await member.messages(room);
            return said.find((each) => each.sender === sender && each.reply_to === event_id
                && each.type !== "m.reaction" && each.relation !== "m.replace"
                && (each.body !== null || each.is_unreadable) && !each.content?.unsigned);
        }, seconds, `an answer to ${event_id}`);
    },

    /** Wait for a message of `sender` whose body has these words. */
    /** Wait for the answer to an event, or else for what `sender` says after it without a reply. */
    async response(member, { room, sender, event_id, seconds }) {
        let since = null;
        return member.until(async () => {
            const said = await member.messages(room);
            const theirs = said.slice(said.findIndex((each) => each.event_id === event_id) + 1)
                .filter((each) => each.sender === sender && each.type !== "m.reaction"
                    && each.relation !== "m.replace" && (each.body !== null || each.is_unreadable));
            const answer = theirs.find((each) => each.reply_to === event_id);
            if (answer) return answer;
            if (theirs.length > 0) since ??= Date.now();
            return since !== null && Date.now() - since > 2000 ? theirs[0] : undefined;
        }, seconds, `an answer to ${event_id}`);
    },

    async wait_message(member, { room, sender, words, seconds }) {
        return member.until(async () => {
            const said = await member.messages(room);
            return said.find((each) => each.sender === sender && each.body?.includes(words)
                && !each.is_unreadable);
        }, seconds, `'${words}'`);
    },

    async messages(member, { room }) {
        return member.messages(room);
    },

    async devices({ crypto }, { user }) {
        const devices = (await crypto.getUserDeviceInfo([user], true)).get(user) ?? new Map();
        const shown = {};
        for (const [id, device] of devices) {
            const status = await crypto.getDeviceVerificationStatus(user, id);
            shown[id] = {
                ed25519: device.getFingerprint(),
                is_signed: status?.signedByOwner ?? false,
                is_verified: status?.crossSigningVerified ?? false,
            };
        }
        return shown;
    },

    async user({ client, crypto }, { user }) {
        const status = await crypto.getUserVerificationStatus(user);
        const { master_keys: masters } = await client.downloadKeysForUsers([user]);
        return {
            master: Object.values(masters[user]?.keys ?? {})[0] ?? null,
            has_identity: await crypto.userHasCrossSigningKeys(user, true),
            is_verified: status.isCrossSigningVerified(),
            needs_approval: status.needsUserApproval,
        };
    },

    async own_identity({ crypto }) {
        const status = await crypto.getCrossSigningStatus();
        return {
            master: await crypto.getCrossSigningKeyId(),
            in_secret_storage: status.privateKeysInSecretStorage,
            here: Object.values(status.privateKeysCachedLocally).every(Boolean),
        };
    },

    async hold_keys({ wire }) {
        wire.held = [];
    },

    /** Let the held room keys go, and answer with how many requests that were. */
    async release_keys({ wire }) {
        return wire.release();
    },

    async discard_session({ crypto }, { room }) {
        await crypto.forceDiscardSession(room);
    },

    /** Ask to compare emojis: in a room, or with one device. */
    async request_verification(member, { user, room, device_id }) {
        member.request = room
            ? await member.crypto.requestVerificationDM(user, room)
            : await member.crypto.requestDeviceVerification(user, device_id);
    },

    /** Wait for a request of somebody and accept it. */
    async accept_verification(member, { user, seconds }) {
        member.request = await member.until(
            () => member.requests.find((each) => each.otherUserId === user && each.pending),
            seconds, "a request");
        await member.request.accept();
    },

    /** Begin, once the other side is ready, or go along, and answer with the emojis. */
    async compare_emojis(member, { begin, seconds }) {
        const { request } = member;
        await member.until(() => {
            if (request.phase === VerificationPhase.Cancelled) throw new Error(`cancelled: ${request.cancellationCode}`);
            return request.phase >= VerificationPhase.Ready ? true : undefined;
        }, seconds, "the other's readiness");
        const verifier = begin
            ? await request.startVerification("m.sas.v1")
            : await member.until(() => request.verifier ?? undefined, seconds, "the start");
        member.verifier = verifier;
        member.outcome = verifier.verify().then(() => "done", (error) => `cancelled: ${error.message ?? error}`);
        const callbacks = await member.until(() => {
            if (verifier.hasBeenCancelled) throw new Error(`cancelled: ${request.cancellationCode}`);
            return verifier.getShowSasCallbacks() ?? undefined;
        }, seconds, "the emojis");
        member.sas = callbacks;
        return callbacks.sas.emoji.map(([emoji]) => emoji);
    },

    /** Answer with what the client calls the emojis that it shows. */
    async emoji_names(member) {
        return member.sas.sas.emoji.map(([, name]) => name);
    },

    async confirm_emojis(member, { matches }) {
        if (matches) await member.sas.confirm();
        else member.sas.mismatch();
    },

    async verification_outcome(member, { seconds }) {
        const late = new Promise((resolve) => setTimeout(() => resolve("nothing"), seconds * 1000));
        return Promise.race([member.outcome, late]);
    },

    async stop(member) {
        member.client.stopClient();
    },
};

async function serve({ id, as, do: action, with: given }) {
    try {
        const result = await ACTIONS[action](members.get(as), given ?? {});
        if (action === "login") members.set(as, result.member);
        if (action === "stop") members.delete(as);
        const { member: _member, ...rest } = result?.member ? result : { rest: result };
        const answer = result?.member ? rest : result;
        process.stdout.write(JSON.stringify({ id, result: answer ?? null }) + "\n");
    } catch (error) {
        process.stdout.write(JSON.stringify({ id, error: String(error?.stack ?? error) }) + "\n");
    }
}

process.on("unhandledRejection", (error) => process.stderr.write(`unhandled: ${error?.stack ?? error}\n`));
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => void serve(JSON.parse(line)));
lines.on("close", () => process.exit(0));
