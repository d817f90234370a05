from pathlib import Path

from bot.check.directory import check_data_dir, check_disk


def test_private_data_dir_is_good(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)

    assert check_data_dir(tmp_path).is_good


def test_data_dir_that_is_yet_to_be_made_is_good(tmp_path: Path) -> None:
    finding = check_data_dir(tmp_path / "a" / "b")

    assert finding.is_good
    assert finding.detail.message_id == "cli.check.data_dir.absent"


def test_data_dir_open_to_others_is_a_cross_with_the_command_to_run(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)

    finding = check_data_dir(tmp_path)

    assert finding.remedy is not None
    assert finding.remedy.message_id == "cli.check.data_dir.open.remedy"
    assert finding.remedy.params == {"path": tmp_path}


def test_file_in_place_of_the_data_dir_is_a_cross(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.touch()

    assert check_data_dir(file).detail.message_id == "cli.check.data_dir.refused"


def test_disk_is_looked_at_where_the_directory_will_be(tmp_path: Path) -> None:
    finding = check_disk(tmp_path / "a" / "b")

    assert finding.name.message_id == "cli.check.disk"
    assert int(str(finding.detail.params["free"])) > 0
