"""`Notify`: whom it takes, what it calls them, and what it refuses without a secret."""

import pytest

from jobwire.jobs.decorator import definition_of, job
from jobwire.jobs.notifications.targets import MissingSecretError, Targets
from jobwire.jobs.notify import STATUS_TYPES, TYPES, Notify, NotifyError, split_secrets
from jobwire.jobs.trigger_job import trigger_job
from tests.receiver import OTHER_SECRET, SECRET

URL = "https://shop.example/hooks"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("shop.example/hooks", "such as https://"),
        ("ftp://shop.example", "such as https://"),
        ("https://", "such as https://"),
        ("https://shop.example:port/", "such as https://"),
        ("https://ann:hidden@shop.example/", "must not hold a user"),
        ("https://shop.example/#part", "fragment"),
        ("https://shop.example/a b", "no spaces"),
        ("https://shop.example/" + "x" * 2000, "at most 2000"),
    ],
)
def test_what_cannot_be_a_target_is_refused_without_its_password(
    url: str, reason: str
) -> None:
    with pytest.raises(NotifyError, match=reason) as caught:
        Notify(url)

    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ("correct horse battery staple", "does not begin with whsec_"),
        ("whsec_h!dden", "is not base64"),
        ("whsec_c2hvcnQ=", "is of 5 bytes, not of 24 to 64"),
        (f"{SECRET},whsec_c2hvcnQ=", "secret 2 is of 5 bytes"),
    ],
)
def test_a_weak_secret_is_refused_and_not_repeated(secret: str, reason: str) -> None:
    with pytest.raises(NotifyError, match=reason) as caught:
        Notify(URL, secret=secret)

    last = secret.rsplit(",", maxsplit=1)[-1]
    assert last.removeprefix("whsec_") not in str(caught.value)


def test_no_secret_is_none() -> None:
    with pytest.raises(NotifyError, match="there is no secret"):
        Notify(URL, secret=" , ")


def test_several_secrets_are_read_with_the_newest_first() -> None:
    assert split_secrets(f" {OTHER_SECRET}, {SECRET},") == (OTHER_SECRET, SECRET)


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        (["job.suceeded"], "perhaps it is job.succeeded"),
        ("succeeded", "perhaps it is job.succeeded"),
        ("xyz", r"those are job\.created"),
        ([], "no type of events is named"),
    ],
)
def test_an_unknown_type_is_refused_with_those_there_are(
    events: list[str], reason: str
) -> None:
    with pytest.raises(NotifyError, match=reason):
        Notify(URL, events)


def test_by_default_it_tells_what_changes_the_status() -> None:
    assert Notify(URL).events == STATUS_TYPES
    assert "job.progress" not in STATUS_TYPES
    assert Notify(URL, events="job.*").events == TYPES


def test_it_shows_neither_url_nor_secret() -> None:
    shown = repr(Notify(f"{URL}?token=hidden", secret=SECRET))

    assert "hidden" not in shown
    assert SECRET not in shown


def test_a_target_is_called_by_its_url_without_the_query() -> None:
    one, other = Notify(f"{URL}?token=a").target, Notify(f"{URL}?token=b").target

    assert Notify("https://Shop.Example").target == "https://shop.example/"
    assert Notify(URL).target == URL
    assert one.startswith(f"{URL}?")
    assert "token" not in one
    assert one != other


def test_types_say_whom_they_notify() -> None:
    told = Notify(URL)

    @job("report", notify=told)
    def report() -> None:
        return None

    definition = definition_of(report)
    assert definition is not None
    assert definition.notify == (told,)
    assert trigger_job("task", notify=[told, told]).notify == (told, told)
    assert trigger_job("other").notify == ()


def test_a_type_that_notifies_needs_something_to_sign_with() -> None:
    with pytest.raises(MissingSecretError, match=r"'report' notifies https://shop"):
        Targets(types={"report": [Notify(URL)]})

    Targets(types={"report": [Notify(URL, secret=SECRET)]})
    Targets(types={"report": [Notify(URL)]}, secrets=(SECRET,))


def test_a_url_that_is_named_twice_is_one_target_with_the_secrets_of_both() -> None:
    targets = Targets(
        everywhere=[Notify(URL)],
        types={"report": [Notify(URL, secret=OTHER_SECRET)]},
        secrets=(SECRET,),
    ).by_name()

    assert [one.secrets for one in targets.values()] == [(SECRET, OTHER_SECRET)]
    assert next(iter(targets.values())).origin == "https://shop.example"
