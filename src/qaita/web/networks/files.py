"""Files an engineer takes away: templates in three languages, and the faults of an import."""

import csv

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse

from qaita.kernel.cells import safe_text
from qaita.networks.queries import import_faults, template_csv, template_workbook
from qaita.web.middleware import Request
from qaita.web.networks.imports import LANGUAGES, mine

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise Http404
    return language


@login_required
def workbook(request: Request, language: str) -> HttpResponse:
    """Give the template as a workbook."""
    return HttpResponse(
        template_workbook(_known(language)),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="networks-{language}.xlsx"'},
    )


@login_required
def sheet(request: Request, language: str) -> HttpResponse:
    """Give the heading row of the sections as CSV."""
    return HttpResponse(
        "\ufeff" + template_csv(_known(language)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="networks-{language}.csv"'},
    )


@login_required
def faults(request: Request, code: str) -> HttpResponse:
    """Give the faults of an import as CSV."""
    found = mine(request, code)
    answer = HttpResponse(
        "\ufeff",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="faults-{found.code}.csv"'},
    )
    writer = csv.writer(answer)
    writer.writerow(["table", "column", "rows", "rule", "value", "text"])
    for row in import_faults(found):
        rows = " ".join(map(str, row["rows"]))
        cells = [row["table"], row["column"], rows, row["rule"], row["value"], str(row["text"])]
        writer.writerow([safe_text(cell) for cell in cells])
    return answer
