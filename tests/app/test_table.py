from jobwire.app.commands.jobs.table import Column, lay_out

COLUMNS = [
    Column("ID", ["job_1", "job_2"]),
    Column("TAG", ["a-long-tag", "b"], least=4),
    Column("STATUS", ["RUNNING", "FAILED"]),
    Column("AGE", ["5m", "3h"], rank=1),
]


def test_without_a_width_a_table_is_whole() -> None:
    assert lay_out(COLUMNS, None) == [
        "ID     TAG         STATUS   AGE",
        "job_1  a-long-tag  RUNNING  5m",
        "job_2  b           FAILED   3h",
    ]


def test_a_column_is_cut_before_another_goes() -> None:
    assert lay_out(COLUMNS, 26) == [
        "ID     TAG    STATUS   AGE",
        "job_1  a-lo…  RUNNING  5m",
        "job_2  b      FAILED   3h",
    ]


def test_the_column_that_matters_least_goes_first() -> None:
    assert lay_out(COLUMNS, 20) == [
        "ID     TAG   STATUS",
        "job_1  a-l…  RUNNING",
        "job_2  b     FAILED",
    ]


def test_wide_characters_take_two_cells() -> None:
    assert lay_out([Column("TAG", ["数据数据"], least=4), Column("X", ["1"])], 8) == [
        "TAG    X",
        "数据…  1",
    ]
