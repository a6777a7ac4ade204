# ruff: noqa: E501  # the tables below are read whole
"""The columns of our tables, their headings in three languages, and which of a file's fit them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qaita.networks.errors import FaultyNetwork
from qaita.networks.importing.rules import Found


@dataclass(frozen=True)
class Column:
    """A column of the template: our name, its headings, and other names it is met under."""

    name: str
    kk: str
    ru: str
    en: str
    others: str = ""
    example: str | float = ""

    def headings(self) -> set[str]:
        """Return every heading under which the column is known, in its plain form."""
        words = (self.name, self.kk, self.ru, self.en, *self.others.split("|"))
        return {plain for word in words if (plain := plain_heading(word))}


def plain_heading(text: str) -> str:
    """Return a heading without case, spaces and signs."""
    return "".join(c for c in text.lower().replace("ё", "е") if c.isalnum())


@dataclass(frozen=True)
class Table:
    """A sheet of the template."""

    name: str
    kk: str
    ru: str
    en: str
    columns: tuple[Column, ...]

    def titles(self) -> set[str]:
        """Return the plain titles under which the sheet is known."""
        return {plain_heading(word) for word in (self.name, self.kk, self.ru, self.en)}


# fmt: off
SECTIONS = Table("sections", "Учаскелер", "Участки", "Sections", (
    Column("key", "Учаске нөмірі", "Номер участка", "Section number", "number|id|fid|objectid|gid|код|номер|№|участок|идентификатор|pipeid|linkid|учаске|code|section_id|asset_id|main_id|facilityid", "У-1"),
    Column("from", "Бастапқы түйін", "Начальный узел", "From node", "node1|fromnode|startnode|откуда|начало|узел1|нач узел", "К-1"),
    Column("to", "Соңғы түйін", "Конечный узел", "To node", "node2|tonode|endnode|куда|конец|узел2|кон узел", "К-2"),
    Column("from_lon", "Басы, бойлық", "Начало, долгота", "From longitude", "x1|lon1|долгота1", 76.95),
    Column("from_lat", "Басы, ендік", "Начало, широта", "From latitude", "y1|lat1|широта1", 52.28),
    Column("to_lon", "Соңы, бойлық", "Конец, долгота", "To longitude", "x2|lon2|долгота2", 76.952),
    Column("to_lat", "Соңы, ендік", "Конец, широта", "To latitude", "y2|lat2|широта2", 52.281),
    Column("line", "Сызық (WKT)", "Линия (WKT)", "Line (WKT)", "line as wkt|wkt|geometry|geom|геометрия|the_geom"),
    Column("length_m", "Ұзындығы, м", "Длина, м", "Length, m", "length|len|длина|протяженность|протяженность м|ұзындығы|shape_length|length_m"),
    Column("material", "Материал", "Материал", "Material", "мат|материал трубы|құбыр материалы|mat|pipe material|материал труб", "steel"),
    Column("diameter_mm", "Диаметрі, мм", "Диаметр, мм", "Diameter, mm", "diameter|diam|диаметр|ду|dn|d|диаметрі|du|dia|диам|diameter_mm", 150),
    Column("voltage_kv", "Кернеуі, кВ", "Напряжение, кВ", "Voltage, kV", "voltage|напряжение|кернеу|kv|кв"),
    Column("laid", "Төселген жылы", "Год прокладки", "Year laid", "year|год|жыл|year_built|installyear|дата прокладки|год постройки|год ввода|laid|laid_on|install_date|god|gody|installdate|дата ввода|төселген күні|год укладки|yearbuilt", 1986),
    Column("pipe_count", "Құбыр саны", "Число труб", "Number of pipes", "pipes|количество труб|трубность|pipe_count|кол труб"),
    Column("name", "Атауы", "Название", "Name", "наименование|street|улица|title|көше"),
))
NODES = Table("nodes", "Түйіндер", "Узлы", "Nodes", (
    Column("key", "Түйін нөмірі", "Номер узла", "Node number", "number|id|fid|код|номер|№|узел|түйін|nodeid|code", "К-1"),
    Column("lon", "Бойлық", "Долгота", "Longitude", "x|lon|long", 76.95),
    Column("lat", "Ендік", "Широта", "Latitude", "y|lat", 52.28),
    Column("kind", "Түрі", "Вид", "Kind", "type|тип|вид узла", "junction"),
    Column("elevation_m", "Биіктігі, м", "Отметка, м", "Elevation, m", "elevation|elev|z|высота|отметка"),
    Column("consumers", "Тұтынушылар саны", "Число потребителей", "Consumers", "потребители|абоненты|population|жители|абонентов", 40),
    Column("name", "Атауы", "Название", "Name", "наименование|адрес|address|мекенжай"),
))
EQUIPMENT = Table("equipment", "Жабдық", "Оборудование", "Equipment", (
    Column("key", "Жабдық нөмірі", "Номер оборудования", "Unit number", "number|id|код|номер|№", "Н-1"),
    Column("kind", "Түрі", "Вид", "Kind", "type|тип", "pump"),
    Column("node", "Түйін", "Узел", "Node", "from|откуда", "К-1"),
    Column("to_node", "Екінші түйін", "Второй узел", "Second node", "to|куда"),
    Column("parent", "Неғұрлым ірі бірлік", "Входит в", "Part of", "parent"),
    Column("name", "Атауы", "Название", "Name", "наименование"),
    Column("installed", "Орнатылған жылы", "Год установки", "Year installed", "year|год|жыл|дата ввода", 2004),
    Column("norm_life_years", "Нормативтік мерзімі, жыл", "Нормативный срок, лет", "Norm life, years", "срок службы"),
))
FAILURES = Table("failures", "Істен шығулар", "Отказы", "Failures", (
    Column("section", "Учаске нөмірі", "Номер участка", "Section number", "id|участок|учаске|section|section_id|pipe_id|asset_id|main_id|код|номер|facilityid", "У-1"),
    Column("at", "Болған уақыты", "Дата отказа", "Date of failure", "date|дата|күні|дата аварии|at|failed_on|break_date|failure_date|дата повреждения|год отказа", "2025-01-14"),
    Column("cause", "Себебі", "Причина", "Cause", "reason", "corrosion"),
    Column("repaired_at", "Жойылған уақыты", "Дата устранения", "Date of repair", "repaired|устранено"),
    Column("consumers_off", "Ажыратылған тұтынушылар", "Отключено потребителей", "Consumers off", "отключено", 120),
))
INSPECTIONS = Table("inspections", "Тексерулер", "Обследования", "Inspections", (
    Column("section", "Учаске нөмірі", "Номер участка", "Section number", "id|участок|учаске|section", "У-1"),
    Column("on", "Тексерілген күні", "Дата обследования", "Date of inspection", "date|дата|күні|on", "2025-06-02"),
    Column("condition", "Тозуы (0–1)", "Износ (0–1)", "Wear (0–1)", "condition|состояние|износ|тозу", 0.6),
    Column("method", "Тәсілі", "Метод", "Method", "способ", "ultrasonic"),
    Column("remarks", "Ескертпе", "Примечание", "Remarks", "комментарий|ескерту"),
))
# fmt: on
TABLES = {table.name: table for table in (SECTIONS, NODES, EQUIPMENT, FAILURES, INSPECTIONS)}


def propose_mapping(headings: Iterable[str], table: Table) -> dict[str, str]:
    """Return for each of our columns the file's column that fits it by its heading."""
    theirs = {plain_heading(heading): heading for heading in reversed(list(headings)) if heading}
    mapping: dict[str, str] = {}
    taken: set[str] = set()
    for column in table.columns:
        # the exact name first, so that a stray "id" does not win over "section number"
        for plain in [plain_heading(column.name), *sorted(column.headings())]:
            if plain in theirs and theirs[plain] not in taken:
                mapping[column.name] = theirs[plain]
                taken.add(theirs[plain])
                break
    return mapping


def settle_mapping(
    headings: Iterable[str], table: Table, named: Mapping[str, str]
) -> dict[str, str]:
    """Return the proposal with what the person named put over it; raise for unknown names."""
    known = list(headings)
    mapping = propose_mapping(known, table)
    found = Found()
    ours = {column.name for column in table.columns}
    for name, heading in named.items():
        if name not in ours:
            continue
        if heading and heading not in known:
            found.add((table.name, heading), "unmapped_column", value=heading)
        mapping[name] = heading
    plain = [plain_heading(heading) for heading in known]
    for name, heading in mapping.items():
        if heading and plain.count(plain_heading(heading)) > 1:
            found.add((table.name, heading), "same_column", value=name)
    if found:
        raise FaultyNetwork(found.faults())
    return {name: heading for name, heading in mapping.items() if heading}
