"""Where a page stands in its list."""

from typing import TypeVar

import strawberry

from jobwire.jobs.queries import Page

T = TypeVar("T")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = strawberry.field(
        description=(
            "Whether more items follow the page. When paging backwards with last, it"
            " only tells whether before was given."
        )
    )
    has_previous_page: bool = strawberry.field(
        description=(
            "Whether more items precede the page. When paging forwards with first, it"
            " only tells whether after was given."
        )
    )
    start_cursor: str | None = strawberry.field(
        description="The cursor of the first item; null when the page is empty."
    )
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last item; null when the page is empty."
    )

    @classmethod
    def of(cls, page: Page[T], cursors: list[str]) -> "PageInfo":
        """Describe a page whose items have the given cursors."""
        return cls(
            has_next_page=page.has_next_page,
            has_previous_page=page.has_previous_page,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        )
