"""The tables of DNA 3.0 and 3.1, and the columns of those that a record keeps as they came."""

from __future__ import annotations

PERMISSIONS = (
    "AddDocuments EditDocuments DeleteDocuments ImportDocuments AddStatements EditStatements DeleteStatements "
    "EditAttributes EditRegex EditStatementTypes EditCoders EditCoderRelations ViewOthersDocuments "
    "EditOthersDocuments ViewOthersStatements EditOthersStatements"
).split()


def _flag(name: str, default: int = 1) -> str:
    return f"{name} INTEGER NOT NULL DEFAULT {default} CHECK ({name} BETWEEN 0 AND 1)"


def _text(name: str, default: str = "") -> str:
    return f"{name} TEXT NOT NULL {default} CHECK (LENGTH({name}) < 191)"


def _rgb(*, required: bool = True) -> str:
    needed = "NOT NULL DEFAULT 0 " if required else ""
    return ", ".join(f"{name} INTEGER {needed}CHECK ({name} BETWEEN 0 AND 255)" for name in ("Red", "Green", "Blue"))


def _to(table: str, *columns: str) -> str:
    return ", ".join(f"FOREIGN KEY({column}) REFERENCES {table}(ID) ON DELETE CASCADE" for column in columns)


def _data(table: str, value: str) -> str:
    return (
        f"CREATE TABLE {table}(ID INTEGER PRIMARY KEY NOT NULL, StatementId INTEGER NOT NULL, VariableId INTEGER NOT NULL,"
        f" {value}, {_to('STATEMENTS', 'StatementId')}, {_to('VARIABLES', 'VariableId')}, UNIQUE (StatementId, VariableId));"
    )


SCHEMA = f"""
CREATE TABLE SETTINGS(Property TEXT PRIMARY KEY, Value TEXT NOT NULL);
CREATE TABLE CODERS(ID INTEGER NOT NULL PRIMARY KEY, {_text("Name")}, {_rgb()},
  Refresh INTEGER NOT NULL DEFAULT 0 CHECK (Refresh BETWEEN 0 AND 9999),
  FontSize INTEGER NOT NULL DEFAULT 14 CHECK (FontSize BETWEEN 1 AND 99), {_text("Password")},
  PopupWidth INTEGER DEFAULT 300 CHECK (PopupWidth BETWEEN 100 AND 9999), {_flag("ColorByCoder", 0)},
  {_flag("PopupDecoration", 0)}, {_flag("PopupAutoComplete")}, {", ".join(_flag(f"Permission{p}") for p in PERMISSIONS)});
CREATE TABLE DOCUMENTS(ID INTEGER NOT NULL PRIMARY KEY, {_text("Title")}, Text TEXT NOT NULL, Coder INTEGER,
  {_text("Author", "DEFAULT ''")}, {_text("Source", "DEFAULT ''")}, {_text("Section", "DEFAULT ''")},
  Notes TEXT NOT NULL DEFAULT '', {_text("Type", "DEFAULT ''")}, Date INTEGER NOT NULL, {_to("CODERS", "Coder")});
CREATE TABLE STATEMENTTYPES(ID INTEGER NOT NULL PRIMARY KEY, {_text("Label")}, {_rgb()});
CREATE TABLE VARIABLES(ID INTEGER NOT NULL PRIMARY KEY, {_text("Variable")}, DataType TEXT NOT NULL DEFAULT 'short text'
  CHECK (DataType IN ('boolean', 'integer', 'long text', 'short text')), StatementTypeId INTEGER,
  {_to("STATEMENTTYPES", "StatementTypeId")}, UNIQUE (Variable, StatementTypeId));
CREATE TABLE VARIABLELINKS(ID INTEGER NOT NULL PRIMARY KEY, SourceVariableId INTEGER, TargetVariableId INTEGER,
  CHECK (TargetVariableId != SourceVariableId), {_to("VARIABLES", "SourceVariableId", "TargetVariableId")});
CREATE TABLE REGEXES(Label TEXT PRIMARY KEY CHECK (LENGTH(Label) < 191), {_rgb()});
CREATE TABLE CODERRELATIONS(ID INTEGER NOT NULL PRIMARY KEY, Coder INTEGER CHECK(Coder > 0),
  OtherCoder INTEGER CHECK(OtherCoder > 0), {_flag("viewStatements")}, {_flag("editStatements")},
  {_flag("viewDocuments")}, {_flag("editDocuments")}, CHECK (Coder != OtherCoder), {_to("CODERS", "Coder", "OtherCoder")});
CREATE TABLE STATEMENTS(ID INTEGER NOT NULL PRIMARY KEY, StatementTypeId INTEGER, DocumentId INTEGER,
  Start INTEGER NOT NULL CHECK(Start >= 0), Stop INTEGER NOT NULL CHECK(Stop >= 0), Coder INTEGER, CHECK (Start < Stop),
  {_to("STATEMENTTYPES", "StatementTypeId")}, {_to("CODERS", "Coder")}, {_to("DOCUMENTS", "DocumentId")});
CREATE TABLE ENTITIES(ID INTEGER PRIMARY KEY NOT NULL, VariableId INTEGER NOT NULL, {_text("Value", "DEFAULT ''")},
  {_rgb(required=False)}, ChildOf INTEGER CHECK(ChildOf > 0), UNIQUE (VariableId, Value), {_to("ENTITIES", "ChildOf")},
  {_to("VARIABLES", "VariableId")});
CREATE TABLE ATTRIBUTEVARIABLES(ID INTEGER PRIMARY KEY NOT NULL, VariableId INTEGER NOT NULL, {_text("AttributeVariable")},
  UNIQUE(VariableId, AttributeVariable), {_to("VARIABLES", "VariableId")});
CREATE TABLE ATTRIBUTEVALUES(ID INTEGER PRIMARY KEY NOT NULL, EntityId INTEGER NOT NULL,
  AttributeVariableId INTEGER NOT NULL, {_text("AttributeValue", "DEFAULT ''")}, UNIQUE (EntityId, AttributeVariableId),
  {_to("ENTITIES", "EntityId")}, {_to("ATTRIBUTEVARIABLES", "AttributeVariableId")});
{_data("DATABOOLEAN", "Value INTEGER NOT NULL DEFAULT 1")}
{_data("DATAINTEGER", "Value INTEGER NOT NULL DEFAULT 0")}
{_data("DATALONGTEXT", "Value TEXT DEFAULT ''")}
{_data("DATASHORTTEXT", "Entity INTEGER NOT NULL")[:-2]}, {_to("ENTITIES", "Entity")});
"""

RELATION = ("viewStatements", "editStatements", "viewDocuments", "editDocuments")
CODER = {
    *("Red", "Green", "Blue", "Refresh", "FontSize", "Password", "PopupWidth"),
    *("ColorByCoder", "PopupDecoration", "PopupAutoComplete"),
    *(f"Permission{name}" for name in PERMISSIONS),
}
"""Columns that a definition may fill, whatever else a file named."""
