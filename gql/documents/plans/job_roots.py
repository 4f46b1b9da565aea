"""The root fields that read jobs: with what is selected of them and nothing else."""

from typing import Any

from jobwire.gql.context import Context
from jobwire.gql.documents.plans.answer import Write
from jobwire.gql.documents.plans.compiler import Compiler, CompileRoot, Member
from jobwire.gql.documents.plans.job_shapes import JOB, JOB_CONNECTION, JobRows
from jobwire.gql.documents.plans.root_reader import RootReader
from jobwire.gql.documents.plans.shapes import SelectList, Shape
from jobwire.gql.documents.plans.shaping import Shaping
from jobwire.gql.documents.plans.values import resolved_member
from jobwire.gql.global_ids import parse_job_id
from jobwire.gql.queries.jobs import wanted_page
from jobwire.jobs.job import Job
from jobwire.jobs.selected import Selected, Selection


def _jobs(compiler: Compiler, member: Member) -> Write:
    write, selection = _shaped(compiler, member, JOB_CONNECTION, lean=True)
    with_as_of = compiler.source.selects("asOf")

    async def read(context: Context, **arguments: Any) -> JobRows:
        wanted = wanted_page(**arguments)
        page = await context.read_selected_page(
            wanted.filter,
            wanted.window,
            selection,
            descending=wanted.descending,
            with_as_of=with_as_of,
        )
        return JobRows(page, wanted.filter)

    resolve = RootReader(compiler.source.root, member, read)
    return resolved_member(member.label, resolve, write)


def _job(compiler: Compiler, member: Member) -> Write | None:
    names = [one[0].node.name.value for one in compiler.source.fields().values()]
    if names.count(member.name) > 1:
        # Several are read with one statement, by the field's own code.
        return None
    write, selection = _shaped(compiler, member, JOB, lean=False)
    columns = selection.columns
    with_as_of = compiler.source.selects("asOf")

    async def read(context: Context, id: str) -> Selected | None:
        job_id = parse_job_id(id)
        if job_id is None:
            return None
        return await context.read_selected_job(job_id, columns, with_as_of=with_as_of)

    resolve = RootReader(compiler.source.root, member, read)
    return resolved_member(member.label, resolve, write)


def _shaped(
    compiler: Compiler, member: Member, shape: Shape, *, lean: bool
) -> tuple[Write, Selection]:
    """Return what writes a root field, and what is selected for it."""
    select = SelectList(lambda name: Job.column(name, "j", lean=lean))
    kind = compiler.source.root.fields[member.name].type
    write = Shaping(compiler, select).value(kind, member.details, shape)
    return write, select.selection()


ROOTS: dict[tuple[str, str], CompileRoot] = {
    ("Query", "job"): _job,
    ("Query", "jobs"): _jobs,
}
