"""Plans: documents compiled into what answers them.

A plan is made of writers. Each writes one part of the answer as JSON text, and was
chosen when the document was compiled: what it selects, in which order and under which
keys, how each field is resolved and how its type is written. Resolvers, scopes and
walls are those of the schema, which stays the one place that says what a field means.
"""

from jobwire.gql.documents.plans.plan import Plan
from jobwire.gql.documents.plans.run import Run
from jobwire.gql.documents.plans.unplanned import Unplanned

__all__ = ["Plan", "Run", "Unplanned"]
