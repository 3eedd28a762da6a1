"""The baseline: `GET /api/v1/sessions` as people write it with FastAPI, SQLAlchemy and pydantic."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

SECRET = os.environ["SMARTSTEPS_SECRET_KEY"]
URL = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://")
engine = create_async_engine(URL, pool_size=8, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "accounts_user"
    id: Mapped[str] = mapped_column(primary_key=True)
    username: Mapped[str]
    email: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    password: Mapped[str]
    role: Mapped[str]
    is_active: Mapped[bool]


class Login(Base):
    __tablename__ = "accounts_login"
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("accounts_user.id"))
    token_id: Mapped[str]
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class Care(Base):
    __tablename__ = "clients_careassignment"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str]
    carer_id: Mapped[str]


class Session(Base):
    __tablename__ = "therapy_sessions_session"
    id: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str]
    persona_id: Mapped[str]
    status: Mapped[str]
    scheduled_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    duration_minutes: Mapped[int]


class Row(BaseModel):
    session_id: str
    client_id: str
    persona_id: str
    status: str
    scheduled_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    duration_minutes: int

    @classmethod
    def of(cls, row: Session) -> Row:
        begun = row.status in ("active", "completed")
        return cls(
            session_id=row.id,
            client_id=row.client_id,
            persona_id=row.persona_id,
            status=row.status,
            scheduled_at=None if begun else row.scheduled_at,
            started_at=row.started_at,
            ended_at=row.ended_at,
            duration_minutes=row.duration_minutes,
        )


class Pagination(BaseModel):
    total: int
    page: int
    page_size: int
    pages: int


class Page(BaseModel):
    sessions: list[Row]
    pagination: Pagination


async def database() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


Database = Annotated[AsyncSession, Depends(database)]
Bearer = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


async def current_user(bearer: Bearer, db: Database) -> User:
    try:
        claims = jwt.decode(
            bearer.credentials,
            SECRET,
            algorithms=["HS256"],
            audience="smartsteps-api",
            issuer="smartsteps",
        )
    except jwt.PyJWTError as error:
        raise HTTPException(401) from error
    login = await db.scalar(
        select(Login).options(joinedload(Login.user)).where(Login.id == claims["login"])
    )
    if login is None or login.revoked_at or login.token_id != claims["jti"]:
        raise HTTPException(401)
    digest = hashlib.md5(login.user.password.encode(), usedforsecurity=False).hexdigest().upper()
    if not login.user.is_active or claims["hash_password"] != digest:
        raise HTTPException(401)
    return login.user


app = FastAPI()


@app.get("/api/v1/sessions", response_model_exclude_none=True)
async def list_sessions(
    db: Database,
    user: Annotated[User, Depends(current_user)],
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    page: Annotated[int, Query(ge=1)] = 1,
    client_id: str | None = None,
) -> Page:
    found = select(Session)
    if user.role != "admin":
        care = select(Care.id).where(Care.client_id == Session.client_id, Care.carer_id == user.id)
        found = found.where(care.exists())
    if client_id is not None:
        found = found.where(Session.client_id == client_id)
    total = await db.scalar(select(func.count()).select_from(found.subquery())) or 0
    newest = found.order_by(Session.scheduled_at.desc(), Session.id.desc())
    rows = await db.scalars(newest.limit(limit).offset((page - 1) * limit))
    pages = -(-total // limit)
    return Page(
        sessions=[Row.of(row) for row in rows],
        pagination=Pagination(total=total, page=page, page_size=limit, pages=pages),
    )
