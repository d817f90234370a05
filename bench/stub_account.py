"""The account on the instant homeserver: its data, its keys, and who signed them."""

from dataclasses import dataclass, field

from bot.demo.client_api import JsonObject, inner

SIGNING = ("master_key", "self_signing_key", "user_signing_key")


@dataclass(slots=True)
class StubAccount:
    """Keeps what the bot uploads and gives it back, without looking at it; the bot is alone."""

    user_id: str
    data: dict[str, JsonObject] = field(default_factory=dict)
    devices: dict[str, dict[str, object]] = field(default_factory=dict)
    signing: dict[str, JsonObject] = field(default_factory=dict)

    def answer(self, method: str, parts: list[str], content: JsonObject) -> object:
        """Return the answer to a request about the account; None where there is none."""
        match (method, parts):
            case ("GET", [*_, "account_data", type_]):
                return self.data.get(type_)
            case ("PUT", [*_, "account_data", type_]):
                self.data[type_] = content
                return {}
            case ("POST", [*_, "keys", "query"]):
                return self._keys()
            case ("POST", [*_, "keys", "upload"] | [*_, "keys", _, "upload"]):
                self._keep(parts[-2], content)
                return {"one_time_key_counts": {"signed_curve25519": 50}, "failures": {}}
            case _:
                return None

    def _keep(self, what: str, content: JsonObject) -> None:
        device = dict(inner(content, "device_keys"))
        if what == "device_signing":
            self.signing |= {name: inner(content, name) for name in SIGNING}
        elif what == "signatures":
            self._sign(inner(content, self.user_id))
        elif device:
            self.devices[str(device["device_id"])] = device

    def _sign(self, signed: JsonObject) -> None:
        for device_id, device in self.devices.items():
            found = inner(signed, device_id, "signatures", self.user_id)
            own = inner(device, "signatures", self.user_id)
            device["signatures"] = {self.user_id: {**own, **found}}

    def _keys(self) -> dict[str, object]:
        keys: dict[str, object] = {"device_keys": {self.user_id: self.devices}, "failures": {}}
        named = {f"{name}s": {self.user_id: key} for name, key in self.signing.items() if key}
        return keys | named
