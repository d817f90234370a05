import subprocess
from collections.abc import Callable
from pathlib import Path

Compagnon = Callable[..., subprocess.CompletedProcess[str]]


def test_verify_asks_for_a_user_id(compagnon: Compagnon, write_config: Callable[..., Path]) -> None:
    write_config()

    done = compagnon("identity", "verify", "alix")

    assert done.returncode == 2
    assert "“alix” is no user id" in done.stderr
    assert "compagnon identity verify @me:example.org" in " ".join(done.stderr.split())


def test_verify_says_when_the_homeserver_is_away(
    compagnon: Compagnon, write_config: Callable[..., Path]
) -> None:
    write_config()

    done = compagnon("identity", "verify", "@alix:example.org", typed="yes\n")

    assert done.returncode == 1
    assert "The homeserver does not answer" in done.stderr
